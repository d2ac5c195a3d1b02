package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"decroche/flows/entity"
)

// typeChecker holds an expression against what its names can be. The compiler knows that a
// slot is a text; the checker knows which: eight digits are never equal to 4, nor to "livre",
// and an amount compared as text sorts 90 above 300. Such a branch is dead or wrong in
// silence, so it is told at load.
//
// Slots have the type of their entity. Saved values are whatever a far system answers, so
// nothing is said of them.
type typeChecker struct {
	slots map[string]entity.Spec
	langs []string
	found []string
}

// checkTypes returns what is wrong with the comparisons of src, which parses. slots gives the
// entity of each slot, langs the languages of the bot.
func checkTypes(src string, slots map[string]entity.Spec, langs []string) []string {
	tree, err := parser.Parse(src)
	if err != nil {
		return nil // told by the compiler
	}
	c := &typeChecker{slots: slots, langs: langs}
	ast.Walk(&tree.Node, c)
	return c.found
}

// Visit looks at one node.
func (c *typeChecker) Visit(n *ast.Node) {
	b, ok := (*n).(*ast.BinaryNode)
	if !ok {
		return
	}
	switch b.Operator {
	case "==", "!=", "<", "<=", ">", ">=":
		c.compare(b, b.Left, b.Right, b.Operator)
	case "in":
		if list, ok := b.Right.(*ast.ArrayNode); ok {
			for _, e := range list.Nodes {
				c.compare(b, b.Left, e, "==")
			}
		}
	}
}

func (c *typeChecker) say(b *ast.BinaryNode, format string, args ...any) {
	msg := fmt.Sprintf("%s: ", b.String()) + fmt.Sprintf(format, args...)
	if !slices.Contains(c.found, msg) {
		c.found = append(c.found, msg)
	}
}

// flipped are the operators read from right to left.
var flipped = map[string]string{"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// compare checks left op right. Of the two at least one must be a name for it to say anything.
func (c *typeChecker) compare(b *ast.BinaryNode, left, right ast.Node, op string) {
	l, lok := left.(*ast.IdentifierNode)
	r, rok := right.(*ast.IdentifierNode)
	switch {
	case lok && rok:
		c.names(b, l.Value, r.Value, op)
	case lok:
		c.literal(b, l.Value, right, op)
	case rok:
		c.literal(b, r.Value, left, flipped[op])
	}
}

// names compares two slots.
func (c *typeChecker) names(b *ast.BinaryNode, l, r, op string) {
	ls, lok := c.slots[l]
	rs, rok := c.slots[r]
	switch {
	case !lok || !rok:
	case family(ls.Type) != family(rs.Type):
		c.say(b, "%s is %s and %s is %s, which are never compared; compare values of one type", l, typeWords[ls.Type], r, typeWords[rs.Type])
	case family(ls.Type) == "number" && op != "==" && op != "!=":
		c.say(b, "both are kept as text, and \"90\" sorts after \"300\"; write float(%s) %s float(%s)", l, op, r)
	}
}

// family puts together the types whose values can be equal.
func family(typ string) string {
	switch typ {
	case entity.TypeNumber, entity.TypeAmount:
		return "number"
	case entity.TypeDigits, entity.TypePostcodeFR, entity.TypeSpelled:
		return "code"
	}
	return typ
}

// typeWords are the types of entities as complaints say them.
var typeWords = map[string]string{
	entity.TypeDigits: "digits", entity.TypeSpelled: "a spelled code", entity.TypeYesNo: "yes or no", entity.TypeNumber: "a number",
	entity.TypeDate: "a date", entity.TypeTime: "a time", entity.TypeAmount: "an amount", entity.TypePhone: "a phone number",
	entity.TypeEmail: "an e-mail address", entity.TypePostcodeFR: "a post code", entity.TypeList: "one of a list",
	entity.TypeText: "free text",
}

// literal compares a name with a value written in the expression.
func (c *typeChecker) literal(b *ast.BinaryNode, name string, value ast.Node, op string) {
	if u, ok := value.(*ast.UnaryNode); ok && u.Operator == "-" {
		value = u.Node
	}
	switch v := value.(type) {
	case *ast.IntegerNode:
		c.number(b, name, strconv.Itoa(v.Value), op)
	case *ast.FloatNode:
		if name == "conf" && (v.Value > 1 || v.Value < 0) {
			c.say(b, "conf is from 0 to 1")
		}
		c.number(b, name, strconv.FormatFloat(v.Value, 'f', -1, 64), op)
	case *ast.BoolNode:
		c.boolean(b, name, v.Value, op)
	case *ast.StringNode:
		c.text(b, name, v.Value, op)
	}
}

func (c *typeChecker) number(b *ast.BinaryNode, name, number, op string) {
	if name == "conf" {
		if n, _ := strconv.ParseFloat(number, 64); n > 1 {
			c.say(b, "conf is from 0 to 1")
		}
		return
	}
	if slices.Contains(engineNames, name) {
		c.say(b, "%s is text; write %s %s %q", name, name, op, number)
		return
	}
	s, ok := c.slots[name]
	if !ok {
		return
	}
	what := typeWords[s.Type]
	switch s.Type {
	case entity.TypeNumber, entity.TypeAmount:
		c.say(b, "%s is %s, kept as text; write float(%s) %s %s", name, what, name, op, number)
	case entity.TypeDate:
		c.say(b, "%s is %s, kept as text such as \"2026-11-24\"; write %s %s \"2026-11-24\"", name, what, name, op)
	case entity.TypeTime:
		c.say(b, "%s is %s, kept as text such as \"14:30\"; write %s %s \"14:30\"", name, what, name, op)
	case entity.TypeYesNo:
		c.say(b, "%s is \"yes\" or \"no\", not a number", name)
	case entity.TypeList:
		c.say(b, "%s is one of %s, not a number", name, strings.Join(listValues(s), ", "))
	case entity.TypeText:
		c.say(b, "%s is free text, not a number", name)
	default:
		c.say(b, "%s is %s, which are text: \"007\" is not 7; write %s %s %q", name, what, name, op, number)
	}
}

func (c *typeChecker) boolean(b *ast.BinaryNode, name string, value bool, op string) {
	s, ok := c.slots[name]
	switch {
	case !ok && !slices.Contains(engineNames, name):
	case s.Type == entity.TypeYesNo:
		c.say(b, "%s is \"yes\" or \"no\"; write %s %s %q", name, name, op, map[bool]string{true: "yes", false: "no"}[value])
	default:
		c.say(b, "%s is text, not true or false; %s != \"\" tells whether it is known", name, name)
	}
}

// text compares with a text. "" is what an empty slot holds, so it is always in order.
func (c *typeChecker) text(b *ast.BinaryNode, name, value, op string) {
	switch name {
	case "channel":
		c.oneOf(b, name, value, []string{string(Voice), string(Text), string(Speaker)})
		return
	case "lang":
		c.oneOf(b, name, value, c.langs)
		return
	}
	s, ok := c.slots[name]
	if !ok || value == "" {
		return
	}
	switch s.Type {
	case entity.TypeNumber, entity.TypeAmount:
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			c.say(b, "%s is %s such as \"42.50\"; %q is none", name, typeWords[s.Type], value)
		} else if op != "==" && op != "!=" {
			c.say(b, "both are kept as text, and \"90\" sorts after \"300\"; write float(%s) %s %s", name, op, value)
		}
	case entity.TypeDate:
		c.layout(b, name, value, "a date such as \"2026-11-24\"", time.DateOnly)
	case entity.TypeTime:
		c.layout(b, name, value, "a time such as \"14:30\"", "15:04")
	case entity.TypeYesNo:
		c.oneOf(b, name, value, []string{"yes", "no"})
	case entity.TypeList:
		c.oneOf(b, name, value, listValues(s))
	case entity.TypeDigits:
		if strings.Trim(value, "0123456789") != "" {
			c.say(b, "%s holds digits only; it is never %q", name, value)
		} else if s.Length > 0 && len(value) != s.Length {
			c.say(b, "%s has %d digits; it is never %q", name, s.Length, value)
		}
	}
}

func (c *typeChecker) layout(b *ast.BinaryNode, name, value, what, layout string) {
	if _, err := time.Parse(layout, value); err != nil {
		c.say(b, "%s is %s; %q is none", name, what, value)
	}
}

func (c *typeChecker) oneOf(b *ast.BinaryNode, name, value string, known []string) {
	if value != "" && !slices.Contains(known, value) {
		c.say(b, "%s is never %q; it is one of %s", name, value, strings.Join(known, ", "))
	}
}

func listValues(s entity.Spec) []string {
	out := make([]string, 0, len(s.Values))
	for v := range s.Values {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

// writings are the ways of writing that suit the values of a type; the others would write them
// as they are, or as something that they are not.
var writings = map[string][]string{
	entity.TypeDigits: {"digits", "spell", "number", "phone"}, entity.TypeSpelled: {"spell", "digits"}, entity.TypeNumber: {"number", "digits", "money", "spell"},
	entity.TypeDate: {"date"}, entity.TypeTime: {"time"}, entity.TypeAmount: {"money", "number"}, entity.TypePhone: {"phone", "digits", "spell"},
	entity.TypeEmail: {"spell"}, entity.TypePostcodeFR: {"digits", "spell"}, entity.TypeList: {"spell"},
	entity.TypeText: {"spell"},
}

// checkWriting holds the way of writing of {{date numero}} against the entity of the slot.
func (l *loader) checkWriting(u use) {
	s, ok := l.slots[u.name]
	if !ok || u.fn == "" || contains(u.extra, u.name) {
		return
	}
	fn := u.fn
	if fn == "spelled" {
		fn = "spell"
	}
	ways := writings[s.Type]
	switch {
	case contains(ways, fn):
	case len(ways) == 0:
		l.add(u.at, "{{%s %s}}: %s is %s; write {{%s}}", u.fn, u.name, u.name, typeWords[s.Type], u.name)
	default:
		l.add(u.at, "{{%s %s}}: %s is %s; write {{%s %s}} or {{%s}}", u.fn, u.name, u.name, typeWords[s.Type], ways[0], u.name, u.name)
	}
}

// slotTypes gathers the entity of every slot, and complains about one that has two.
func (l *loader) slotTypes() map[string]entity.Spec {
	out, at := map[string]entity.Spec{}, map[string]place{}
	for _, name := range l.bot.flowNames {
		f := l.bot.flows[name]
		for _, id := range f.order {
			s := f.steps[id]
			if s.collect == nil || s.collect.spec.Type == "" {
				continue
			}
			slot := s.collect.slot
			first, known := out[slot]
			if known && first.Type != s.collect.spec.Type {
				l.add(s.at, "slot %q is %s here and %s in %s:%d; a slot holds one kind of value: rename one", slot,
					typeWords[s.collect.spec.Type], typeWords[first.Type], at[slot].file, at[slot].line)
				continue
			}
			if !known {
				out[slot], at[slot] = s.collect.spec, s.at
			}
		}
	}
	return out
}
