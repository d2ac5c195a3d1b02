package main

type flowCmd struct {
	Check  flowCheckCmd  `cmd:"" help:"Read a hotline's folder and complain about everything at once."`
	Lint   flowLintCmd   `cmd:"" help:"Judge how a hotline would sound: voice fitness, questions, durations, examples."`
	Diff   flowDiffCmd   `cmd:"" help:"Show where one flow speaks differently by channel: the golden conversations side by side."`
	Schema flowSchemaCmd `cmd:"" help:"Print the JSON Schema of a kind of file, for editors."`
	Test   flowTestCmd   `cmd:"" help:"Run a hotline's golden conversations."`
	Talk   flowTalkCmd   `cmd:"" help:"Talk with a hotline in the terminal; --save makes a golden conversation of it."`
	Import flowImportCmd `cmd:"" help:"Make a hotline of what another system exports: Rasa, Dialogflow CX."`
}
