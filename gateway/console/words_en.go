package console

// wordsEN is every sentence of the console in English, with the keys of wordsFR.
var wordsEN = map[string]string{
	"html_lang": "en",

	"nav_home": "Home", "nav_conversations": "Conversations", "nav_label": "Pages", "skip": "Skip to content",
	"logout": "Sign out", "live": "live", "offline": "offline, trying again",

	"ready": "Ready to pick up", "not_ready": "Takes no new calls", "reason": "Reason",
	"to_call": "Call this address", "to_call_hint": "From a SIP phone, or with “decroche call”.", "door_fr": "in French", "door_en": "in English",
	"no_door": "No SIP address is open. Check the sip section of the configuration.",
	"now":     "Right now", "now_none": "No live calls.", "last_call": "Last one at %s, %s.",
	"callbacks": "Callbacks due", "callbacks_none": "No callbacks due.", "callback_done": "Done", "callback_drop": "Drop",
	"callback_changed": "Callback filed.", "undo": "Undo", "callbacks_more": "More callbacks are waiting; %d are shown.",
	"tools": "For operators", "tool_api": "API description", "tool_metrics": "Prometheus metrics", "tool_ready": "Readiness", "version": "Version %s",
	"started_at": "Started %s",

	"list_title": "Conversations", "all_outcomes": "All", "all_channels": "All", "filter": "Filter", "clear": "Clear",
	"only_open": "Live", "f_outcome": "Outcome", "f_channel": "Channel", "f_state": "State", "any_state": "All", "older": "Older", "newest": "Back to the newest",
	"list_empty": "No conversations yet.", "list_empty_hint": "Call %s to make the first one.", "list_empty_hint0": "They appear here from the first call on.",
	"list_none": "No conversation matches.", "list_none_hint": "Widen the filters, or clear them.",
	"col_who": "Who", "col_why": "Why", "col_when": "When", "col_length": "Length", "col_outcome": "Outcome", "turns": "%d turns", "turn": "1 turn", "turns0": "said nothing",
	"unknown_caller": "Unknown caller", "no_intent": "Request not recognised", "with_agent": "with %s", "channel_voice": "Voice", "channel_text": "Text", "channel_speaker": "Speaker",

	"caller": "Caller", "bot": "Bot", "agent": "Agent", "cut": "cut off by the caller", "keys": "keyed in", "typed": "typed",
	"doubt": "Perhaps misheard", "readings": "Other readings: %s", "transcript": "Transcript", "known": "What we know", "confirmed": "confirmed", "unconfirmed": "not confirmed",
	"articles": "Useful answers", "articles_why": "Words heard:",
	"tried": "Already tried", "brief": "In short", "details": "Call", "from": "From", "called": "To", "began": "Began", "length": "Length", "tz": "Time zone", "id": "Reference",
	"running": "Live", "nothing_said": "Nothing has been said yet.", "nothing_said_over": "Nothing was said during this call.", "plain": "As plain text", "back": "All conversations",
	"new_lines": "Latest lines ↓", "nothing_known": "Nothing confirmed yet.", "link_note": "This link is for the agent; it expires by itself.", "wants_human": "Asks for a person",

	"recording": "Recording of the call", "recording_hint": "The caller is on the left, bot and agent are on the right. Each listening is noted in the record.",
	"recorded": "Call recorded (%s)", "recording_deleted": "Recording deleted: %s", "recording_opened": "Recording listened to",
	"gone_ttl": "its time was over", "gone_caller": "this caller's recordings were deleted", "gone_conversation": "somebody deleted it", "gone_refused": "the caller did not want it",

	"tried_misses": "Had to repeat %s", "once": "once", "times": "%d times", "tried_silences": "Silences: %d", "tried_cuts": "Interrupted the bot %s",
	"tried_act": "%s: %s", "tried_agent": "%s: %s",

	"steps": "What the bot did (%d)", "started": "Call from %s to %s", "answered": "Answered, sound in %s", "silent": "Silence of %s", "acted": "%s: %s in %s",
	"intent": "Understood as: %s", "trouble": "Trouble (%s): %s", "callback_taken": "Callback requested on %s",
	"language_heard": "The caller speaks %s; the bot goes on in it", "language_asked": "Goes on in %s, as asked", "lang_fr": "French", "lang_en": "English",
	"ended": "Call ended %s: %s", "transfer_started": "Handing over to a person, %s (%s)", "transfer_ringing": "Ringing %s", "transfer_attempt": "%s: %s after %s",
	"bridged": "%s took the call", "transfer_done": "%s talked with the caller for %s, after a wait of %s", "transfer_failed": "Nobody took the call: %s, after %s",

	"act_ok": "done", "act_error": "down", "act_timeout": "too slow", "act_not_found": "not found", "act_404": "not found",
	"try_completed": "completed", "try_refused": "declined", "try_busy": "busy", "try_no_answer": "no answer", "try_unreachable": "unreachable", "try_timeout": "waited too long",
	"try_caller_left": "the caller hung up", "try_agent_left": "the agent hung up", "try_cancelled": "cancelled", "try_error": "error", "try_unknown": "unknown", "try_full": "queue full", "try_closed": "closed", "try_nobody": "nobody available",
	"out_resolved": "resolved", "out_transferred": "transferred", "out_callback": "callback promised", "out_abandoned": "abandoned", "out_failed": "failed", "out_unanswered": "not answered",
	"by_caller": "by the caller", "by_bot": "by the bot", "by_agent": "by the agent", "by_gateway": "by the gateway",
	"reason_asked": "as asked", "reason_not_understood": "after misunderstandings", "reason_flow_rule": "as the flow says", "reason_error": "after a failure", "reason_nobody": "nobody available",
	"with_bot": "with the bot", "with_ringing": "a person is being called", "with_arriving": "arriving",

	"inbox_title": "Phrases", "inbox_open": "To sort", "inbox_accepted": "Done", "inbox_dismissed": "Set aside", "inbox_done": "Decided.",
	"inbox_empty": "All sorted.", "inbox_empty_hint": "What the bot does not understand arrives here.", "inbox_more": "%d more groups are waiting.",
	"inbox_keys": "J and K: next group, previous one. Enter: see the effect. I: set aside.",
	"inbox_try":  "See the effect", "inbox_dismiss": "Set aside", "inbox_reopen": "Sort again", "inbox_intent": "Intent", "inbox_asked": "no answer to “%s”", "inbox_said": "What was said (%d)", "inbox_nothing": "nothing brings it near an intent",
	"inbox_effect": "What this example changes", "inbox_breaks": "This example breaks golden conversations", "inbox_where": "in %s, intent %s", "inbox_right": "Sentences of the group understood", "inbox_of": "%d → %d of %d",
	"inbox_accuracy": "Examples understood when held out in turn", "inbox_golden": "Golden conversations", "inbox_same": "none changes", "inbox_write": "Write the example", "inbox_force": "Write it anyway", "inbox_leave": "Change nothing",
	"label_title": "What it was about", "label_save": "Classify",
	"inbox_label": "an agent said so", "inbox_conversation": "it turned out so", "inbox_classifier": "the bot's guess",
	"inbox_no_match": "not understood", "inbox_clarified": "clarified", "inbox_corrected": "corrected", "inbox_transferred": "transferred", "percent": "%d%%",

	"login_title": "Open the console", "login_hint": "Paste the token that decroche serve printed at start.", "login_token": "Token", "login_enter": "Enter", "login_wrong": "This is not the token printed at start.", "login_ok": "Signed in.", "login_go": "Continue",
	"e404": "Page not found", "e404_hint": "The conversation may have been erased, or the address is incomplete.", "e404_link": "This link is no longer valid", "e404_link_hint": "Transcript links expire. The conversation is still in the list, for those who may open it.",
	"e429": "Too many tries", "e429_hint": "Wait a few seconds, then reload the page.", "e503": "Unavailable for a moment", "e503_hint": "Reload the page in a few seconds.",
	"e500": "The record cannot be read", "e500_hint": "The gateway’s log says why. Calls go on.", "e400": "This address is not understood", "e400_hint": "Go back to the list and choose the filters again.", "eother": "This request did not succeed", "eother_hint": "Go back to the home page and start again.",
	"unit_s": "%s\u00a0s", "unit_ms": "%d\u00a0ms", "unit_min": "%d\u00a0min", "unit_min_s": "%d\u00a0min\u00a0%02d\u00a0s", "unit_h_min": "%d\u00a0h\u00a0%02d\u00a0min",
}
