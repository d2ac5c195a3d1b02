package main

type flowCmd struct {
	Check flowCheckCmd `cmd:"" help:"Read a hotline's folder and complain about everything at once."`
	Test  flowTestCmd  `cmd:"" help:"Run a hotline's golden conversations."`
}
