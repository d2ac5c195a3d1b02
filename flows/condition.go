package flows

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// exprBuiltins are the functions that expressions may call: none loops over what it makes.
var exprBuiltins = []string{"len", "lower", "upper", "trim", "int", "float", "string", "abs", "min", "max", "round", "hasPrefix", "hasSuffix"}

// condition is a compiled expression of a flow.
type condition struct {
	src    string
	prog   *vm.Program
	memory uint // values that it may make while it runs
}

// compileCondition compiles src against the names in env. want is "bool" or "any". Without
// loops and predicates the cost of running it grows with its length, which limits bound.
func compileCondition(src, want string, env types.Map, limits Config) (*condition, error) {
	if len(src) > limits.MaxExpressionBytes {
		return nil, fmt.Errorf("is %d bytes; at most %d (flows.max_expression_bytes): use two branches", len(src), limits.MaxExpressionBytes)
	}
	tree, err := parser.Parse(src)
	if err != nil {
		return nil, exprError(err, env)
	}
	loops := &loopFinder{}
	if ast.Walk(&tree.Node, loops); loops.found != "" {
		return nil, fmt.Errorf("%s loops, which a turn has no time for; compare values instead", loops.found)
	}
	opts := []expr.Option{expr.Env(env), expr.MaxNodes(uint(limits.MaxExpressionNodes)), expr.DisableAllBuiltins()}
	for _, b := range exprBuiltins {
		opts = append(opts, expr.EnableBuiltin(b))
	}
	if want == "bool" {
		opts = append(opts, expr.AsBool())
	}
	prog, err := expr.Compile(src, opts...)
	if err != nil {
		return nil, exprError(err, env)
	}
	return &condition{src: src, prog: prog, memory: uint(limits.MaxExpressionMemory)}, nil
}

// loopFinder finds what runs longer than it is written: predicates (all, map, filter …),
// which the library cannot switch off, and ranges.
type loopFinder struct{ found string }

func (l *loopFinder) Visit(n *ast.Node) {
	switch x := (*n).(type) {
	case *ast.PredicateNode:
		l.found = "a predicate"
	case *ast.BinaryNode:
		if x.Operator == ".." {
			l.found = "a range"
		}
	}
}

var unknownName = regexp.MustCompile(`unknown name (\S+)`)

// exprError says in one line what the compiler says over four, with the nearest known name.
func exprError(err error, env types.Map) error {
	var fe *file.Error
	msg := err.Error()
	where := ""
	if errors.As(err, &fe) {
		msg = fe.Message
		where = fmt.Sprintf(" (character %d)", fe.Column+1)
	}
	msg, _, _ = strings.Cut(msg, "\n")
	if m := unknownName.FindStringSubmatch(msg); m != nil {
		known := make([]string, 0, len(env))
		for k := range env {
			known = append(known, k)
		}
		return fmt.Errorf("%q is neither a slot, a saved value nor a name of the engine%s%s", m[1], where, didYouMean(m[1], known))
	}
	if strings.HasPrefix(msg, `unexpected token Operator("=")`) {
		return fmt.Errorf("= compares nothing%s; write ==", where)
	}
	return errors.New(msg + where)
}

// names lists what the expression reads.
func (c *condition) names() []string {
	n := &nameFinder{}
	node := c.prog.Node()
	ast.Walk(&node, n)
	return n.found
}

type nameFinder struct{ found []string }

func (f *nameFinder) Visit(n *ast.Node) {
	if id, ok := (*n).(*ast.IdentifierNode); ok {
		f.found = append(f.found, id.Value)
	}
}

// loose reports whether the expression is a bare value of unknown type.
func (c *condition) loose() bool {
	switch c.prog.Node().(type) {
	case *ast.IdentifierNode, *ast.MemberNode:
		t := c.prog.Node().Type()
		return t == nil || t.Kind() != reflect.Bool
	}
	return false
}

// eval runs the expression. A value that is not there is nil, which compares as different
// from everything but nil.
func (c *condition) eval(env map[string]any) (any, error) {
	machine := vm.VM{MemoryBudget: c.memory}
	out, err := machine.Run(c.prog, env)
	if err != nil {
		msg, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("flows: expression %q: %s", c.src, msg)
	}
	return out, nil
}

func (c *condition) isTrue(env map[string]any) (bool, error) {
	v, err := c.eval(env)
	if err != nil {
		return false, err
	}
	b, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("flows: expression %q gives %T, not true or false", c.src, v)
	}
	return b, nil
}
