package nlu

const enHuman = `(?:agents?|advis[eo]rs?|humans?|human beings?|(?:real |actual |live |human )?(?:persons?|people|human|agent|advisor|adviser)|someone(?: real| else)?|somebody(?: real| else)?|operators?|representatives?|reps?|colleagues?|manager|supervisor|` +
	`customer (?:service|services|support|care)|consultant|assistant|staff|member of staff|team member|receptionist)`

// enFetch is the English of frFetch.
const enFetch = `(?:i m (?:just )?(?:looking for|getting|fetching|grabbing)|let me (?:just )?(?:get|find|fetch|grab|look for)|while i (?:get|find|look for)) (?:my|the|a|some) (?:glasses|pen|papers?|post|mail|letter|bill|invoice|number|reference|file|contract|bag|wallet|email|phone|computer|laptop|receipt|statement)`

var enCommands = commands{
	courtesy: part(`please`, `hello`, `hi`, `hey`, `thanks?(?: you)?(?: very much| so much| a lot)?`, `so`, `well`, `okay`, `ok`, `sorry`, `excuse me`, `actually`, `yes`, `yeah`, `no`, `right`, `just`, `now`, `but`, `and`, `good (?:morning|afternoon|evening)`, `alright`, `i m sorry`, `sir`, `madam`),
	bare: map[string]string{
		"sorry": CommandRepeat, "pardon": CommandRepeat, "what": CommandRepeat, "excuse me": CommandRepeat, "what was that": CommandRepeat, "sorry what": CommandRepeat, "what sorry": CommandRepeat, "pardon me": CommandRepeat, "come again": CommandRepeat,
		"no thanks that s all": CommandGoodbye, "no thank you that s all": CommandGoodbye, "no that s all": CommandGoodbye, "no that s it": CommandGoodbye, "that s all thanks": CommandGoodbye, "that s all thank you": CommandGoodbye, "no thanks i m good": CommandGoodbye,
		"no thanks bye": CommandGoodbye, "no i m good": CommandGoodbye, "no i m good thanks": CommandGoodbye, "thanks bye": CommandGoodbye, "no thank you i m fine": CommandGoodbye, "no thank you goodbye": CommandGoodbye,
	},
	rules: []rule{
		{CommandAgent, whole(`(?:an? |the |your |to )*`+enHuman, `(?:agent|operator|human|advisor|representative)(?: (?:agent|operator|human|advisor|representative))*`, `(?:talk|speak) to `+enHuman)},
		{CommandDontHave, whole(`i (?:don t|do not|dont|haven t|have not|havent|can t|cannot|cant)(?: (?:have|got|find|know|remember|see|think))+(?: (?:it|that|one|the number|my number|the order number|my order number|the reference|a number|any|on me|with me|here|handy|to hand|in front of me|at hand|right now|at the moment|what it is|where it is|by heart|i have it|them))*`,
			`(?:i have )?no (?:idea|clue)`, `i ve (?:lost|forgotten) (?:it|the number|my number|my order number)`, `i (?:lost|forgot) (?:it|the number|my number|my order number)`, `i haven t got (?:it|one|that|the number)(?: on me| with me| here)?`, `not (?:on me|to hand|with me)`, `don t (?:have|know) (?:it|that)`)},
		{CommandRepeat, whole(`(?:(?:can|could|would|will) you )?(?:please )?(?:repeat|say)(?: (?:that|it|this|the question|again|what you said|one more time|once more|please|for me))*`,
			`i (?:didn t|did not|couldn t|can t|don t|didnt|couldnt|cant|do not|cannot)(?: quite| really)? (?:hear|catch|understand|get|follow)(?: (?:that|you|it|what you said|the question|the last (?:bit|part)|very well|a word))*`,
			`what (?:did you say|was that|was the question|was it|are you saying|do you mean)`, `(?:one more time|once more|once again|again)(?: please)?`, `what(?: what)*`, `come again`, `speak up`, `louder`, `(?:beg your |i beg your )?pardon(?: me)?`, `say again`)},
		{CommandSlower, whole(`(?:a (?:bit|little) |much )?(?:more slowly|slower|less fast)`, `(?:(?:can|could|would) you )?(?:please )?(?:speak|talk|go|say (?:it|that)|repeat (?:it|that))(?: (?:a (?:bit|little)|again|much))*(?: (?:more slowly|slower|slowly))`, `slow(?: it)? down(?: a (?:bit|little))?`, `(?:can|could) you slow down(?: a (?:bit|little))?`, `you re (?:going |speaking |talking )?(?:too|very) fast`, `too fast`, `not so fast`, `slowly`)},
		{CommandWait, whole(`(?:(?:can|could|would) you )?(?:please )?(?:wait|hang on|hold on|bear with me|hold the line|hold)(?: (?:a|one|for|just|second|seconds|sec|minute|minutes|moment|mo|me|let me (?:look|check|find it|see|get it)|i m (?:looking|checking)|i ll (?:look|check|get it)|`+enFetch+`))*`,
			`(?:just |give me |gimme |i need )*(?:a|one|two|half a|a few)(?: (?:quick|little))? (?:seconds?|sec|secs|minutes?|moments?|mo|tick)(?: (?:i m (?:looking|checking)|let me (?:look|check|find it|see|get it)|while i (?:look|check)|`+enFetch+`))*`, `let me (?:look|check|see|find it|get it|have a look)(?: it up| for it)?`, `i m (?:looking|checking|searching)(?: for it| it up)?`, `i ll (?:go and )?(?:get|find|check|look for) it`)},
		{CommandNoCall, whole(
			`(?:(?:i said|i told you) )?(?:don t|do not|dont|never|please don t) (?:ever )?(?:call|ring|phone|contact|bother) (?:me|us|here|this number|my number)(?: (?:again|any ?more|ever|ever again|at all|on this number))*`,
			`(?:can you |could you |would you |will you )?(?:stop|quit) (?:calling|ringing|phoning|contacting|bothering)(?: (?:me|us|here|this number|my number))?(?: (?:again|any ?more|at all|now))*`, `stop (?:the|these|your|all) calls`, `no more (?:calls|phone calls)(?: please| thanks| thank you)?`,
			`i (?:don t|do not|dont|never|no longer) (?:ever )?(?:want|wish)(?: you)? to (?:be (?:called|contacted|rung|phoned)|call me|ring me|contact me|get (?:these|your|any more|more) calls|receive (?:these|your|any more|more) calls)(?: (?:again|any ?more|ever|ever again|by you))*`,
			`(?:take|remove|delete) (?:me|my number|us|this number)(?: (?:off|from))? (?:your|the|this|all)? ?(?:lists?|calling list|call list|database|records)`, `(?:put|add) (?:me|my number) (?:on|to) (?:the|your) do not call list`, `do not call list`, `unsubscribe(?: me)?`)},
		{CommandNoRecording, whole(`(?:no|without|stop(?: the| this)?|end the|turn off the|switch off the|delete (?:the|this)|cancel the|i (?:refuse|object to|don t want)(?: the| this| any| a)?) recordings?(?: (?:please|me|this call|this|the call))?`,
			`(?:don t|do not|dont|stop|you may not|you can t) record(?:ing)?(?: (?:me|this|it|this call|the call|my call|the conversation|this conversation|us))?`,
			`i (?:don t|do not|dont|d rather not|would rather not|wouldn t) ?(?:want|wish|like|agree)?(?: (?:to|it|this|this call|the call|my call|you|me|that you|to have (?:this|this call|my call)))*(?: (?:to be|be|being|is))? ?record(?:ed|ing)?(?: (?:me|this|this call|the call))?`,
			`i (?:refuse|object) (?:to be|to being|being) recorded`)},
		{CommandStop, whole(`stop(?: (?:it|that|talking))?`, `be quiet`, `shut up`, `quiet`, `silence`, `that s enough`, `enough`, `shush`, `let me (?:speak|talk)`)},
		{CommandCancel, whole(`(?:cancel|abort)(?: (?:it|that|this|everything|all of it))?`, `never ?mind`, `nevermind`, `forget (?:it|that|about it)`, `(?:i (?:want|d like|would like) to )(?:cancel|stop|give up)`, `(?:go back|back|start over|start again|main menu|back to the (?:start|beginning|menu))(?: to the (?:start|beginning|menu|main menu))?`, `i (?:ve )?changed my mind`, `leave it`, `drop it`, `don t bother`, `it doesn t matter`)},
		{CommandGoodbye, whole(`(?:good ?bye|goodbye|bye(?: bye)?|see you|cheers bye|take care|have a (?:nice|good|great) (?:day|one|evening|afternoon))(?: (?:now|then|goodbye|bye|later))*`, `(?:that s|that is|that ll be|that will be) (?:all|it|everything)(?: (?:i need(?:ed)?|i wanted(?: to know)?|for (?:now|today)|bye|goodbye))*`, `nothing(?: else)?`, `i m (?:done|all set|good|finished)`, `no (?:more|other|further) questions?`, `i ll hang up(?: now)?`, `you can hang up`, `hang up`)},
		{CommandHelp, whole(`help(?: me)?`, `i need (?:some )?help`, `(?:can|could) you help(?: me)?`, `what can (?:i|you) (?:do|say|ask|help(?: me)? with)(?: for me| here)?`, `what are (?:my|the) options`, `what (?:should|do) i say`, `how does (?:this|it) work`, `(?:the )?(?:menu|options)`, `what do you do`)},
	},
	request: part(
		`(?:i|could|can|need|want|like|let|rather|prefer|possible|way)(?: \w+){0,4}? (?:speak|talk|chat|connect\w*|transfer\w*|put|speaking|talking)(?: (?:to|with|me|through|an?|the|your|with|some|directly|us|on|onto|in touch|hold of)){0,5} `+enHuman,
		`(?:can|could|may|want|like) (?:i |to |we )?(?:please )?(?:have|get|reach|see)(?: (?:to|through|an?|the|your|some|hold of|me|on)){0,4} `+enHuman,
		`need (?:someone|somebody|a person|a human)(?: to (?:help|talk to|speak to)(?: me)?)?$`, `(?:can|could) (?:someone|somebody|anyone|a human) help(?: me)?$`, `put me through$`,
		`(?:put|connect|transfer|pass|get|give|hand|redirect|send)(?: (?:me|us|my call|this call|through|to|over|an?|the|your|with|on|onto)){1,5} `+enHuman,
		`(?:talk|speak)(?:ing)? (?:to|with) (?:an?|the|your|some)? ?(?:real |actual |live |human )?(?:person|human|agent|advis[eo]r|someone|somebody|operator|representative|human being)$`,
		`(?:i (?:want|need|demand|d like|would like)|give me) (?:an?|the|your|some)(?: \w+)? (?:agent|advis[eo]r|human|human being|real person|operator|representative|manager|supervisor)`,
		`(?:real|actual|live) (?:person|human|human being|agent)`,
		`(?:don t|do not|dont) want to (?:talk|speak) to (?:a|this|the) (?:robot|machine|computer|bot)`,
		`is there (?:an?one|somebody|someone|a human|a person) (?:i can|there|else)`,
	),
	refusal: part(`(?:don t|do not|dont|didn t|no) (?:want|need|wish|have)(?: to)?(?: (?:speak|talk|be transferred|be put through|be connected))?(?: (?:to|with|through))*(?: an?| the| your| any| one of your)? (?:agents?|advis[eo]rs?|operators?|representatives?|someone|somebody|anyone|person|colleagues?|human)`,
		`(?:i|we|have|ve|already)(?: already)? (?:spoke|talked|spoken|was speaking|was talking)(?: (?:to|with))(?: \w+){0,2}`),
}
