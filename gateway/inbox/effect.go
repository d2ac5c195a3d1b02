package inbox

import (
	"context"
	"fmt"
	"io/fs"
	"sync"

	"decroche/flows"
	"decroche/flows/flowtest"
	"decroche/flows/nlu"
)

// folds is how many parts the examples are held out in, one after another.
const folds = 4

// measure fills in what the edit changes.
func measure(ctx context.Context, e *Effect, ed *edit, before, after fs.FS) error {
	e.Breaks, e.Mends = compare(before, after, ed.before, ed.after)
	for _, u := range ed.group.all {
		e.HadRight += right(ctx, ed.before, e, u.Text)
		e.HasRight += right(ctx, ed.after, e, u.Text)
	}
	lessons := ed.before.Lessons(e.Lang)
	had, err := crossValidate(ctx, e.Lang, lessons, nil)
	if err != nil {
		return err
	}
	has, err := crossValidate(ctx, e.Lang, lessons, []nlu.Example{{Intent: e.Intent, Text: e.Example}})
	if err != nil {
		return err
	}
	total := 0
	for _, intent := range ed.before.Intents() {
		n := has[intent].of
		if n == 0 {
			continue
		}
		total += n
		e.Before += float64(had[intent].right)
		e.After += float64(has[intent].right)
		if had[intent].right != has[intent].right {
			e.Changes = append(e.Changes, Change{intent, float64(had[intent].right) / float64(n), float64(has[intent].right) / float64(n)})
		}
	}
	e.Before /= float64(max(1, total))
	e.After /= float64(max(1, total))
	return nil
}

// played tells which golden conversations pass, by file and name.
func played(folder fs.FS, bot *flows.Bot) map[string]bool {
	out := map[string]bool{}
	for _, r := range flowtest.RunWith(folder, flowtest.Options{Bot: bot}) {
		out[r.File+": "+r.Name] = r.OK
	}
	return out
}

// right is 1 when the bot would act on the text as the intent that is meant.
func right(ctx context.Context, bot *flows.Bot, e *Effect, text string) int {
	m, err := bot.Understander(e.Lang).Understand(ctx, text, flows.Expect{})
	act, _ := bot.Thresholds(e.Lang)
	if err != nil || m.Intent != e.Intent || m.Confidence < act {
		return 0
	}
	return 1
}

// share counts examples of one intent.
type share struct{ right, of int }

// crossValidate holds out each part of the lessons once and counts how many of its examples are
// understood right; more are always learnt from and never asked. The parts are dealt out in turn, so the
// same lessons give the same figures, and two runs differ by more alone.
func crossValidate(ctx context.Context, lang string, lessons, more []nlu.Example) (map[string]share, error) {
	part := make([]int, len(lessons))
	count := map[string]int{}
	for i, l := range lessons {
		part[i] = count[l.Intent] % folds
		count[l.Intent]++
	}
	out := map[string]share{}
	var mu sync.Mutex // guards out and failed
	var failed error
	var wg sync.WaitGroup
	for f := range folds {
		wg.Go(func() {
			var train []nlu.Example
			for i, l := range lessons {
				if part[i] != f {
					train = append(train, l)
				}
			}
			train = append(train, more...)
			c, err := nlu.Train(lang, train, nlu.Options{})
			mu.Lock()
			defer mu.Unlock()
			if err != nil || ctx.Err() != nil {
				failed = fmt.Errorf("measure the effect: train without a part of the examples: %w", firstOf(err, ctx.Err()))
				return
			}
			for i, l := range lessons {
				if part[i] != f {
					continue
				}
				s := out[l.Intent]
				s.of++
				if best := c.Classify(l.Text); len(best) > 0 && best[0].Intent == l.Intent {
					s.right++
				}
				out[l.Intent] = s
			}
		})
	}
	wg.Wait()
	return out, failed
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
