package ruby

import "errors"

// Run follows the statements of the file. The error is an *Exception, where Ruby
// would raise one; what was evaluated before it stays with the host. An
// evaluation that takes too long ends early and is reported as unresolved.
func (ev *Evaluator) Run() error {
	top := &frame{}
	var err error
	for _, s := range ev.body.stmts {
		if l, ok := s.(*laterNode); ok && l.first && err == nil {
			_, err = ev.eval(l.body, top)
		}
	}
	if err == nil {
		_, err = ev.sequence(ev.body.stmts, top)
	}
	if j, ok := errors.AsType[*jump](err); ok && j.word == "return" {
		return nil
	}
	if r, ok := errors.AsType[*Exception](err); ok {
		return r
	}
	if err != nil {
		ev.reportEnd(err)
	}
	return nil
}

// reportEnd reports the statement at which the evaluation ended.
func (ev *Evaluator) reportEnd(why error) {
	at := span{line: 1}
	for _, s := range ev.body.stmts {
		if s.place().pos <= ev.at {
			at = s.place()
		}
	}
	delete(ev.said, at.pos)
	ev.texts[at] = ev.head(at)
	reason := why.Error() + "; the rest of the file is not known"
	ev.report(at, reason)
	ev.cut = &Unresolved{Line: max(int(at.line), 1), Text: ev.source(at), Reason: reason}
}

// head is the method that a statement calls, without the arguments: among them
// may be attributes, whose values are nobody's business.
func (ev *Evaluator) head(at span) string {
	for _, s := range ev.body.stmts {
		c, ok := s.(*callNode)
		if ok && s.place() == at && c.recv == nil && len(c.args) > 0 {
			return c.name + " …"
		}
	}
	return ev.source(at)
}

// Cut is where an evaluation that took too long ended, and why; ok is false when
// it came to its end. Unresolved has it, too.
func (ev *Evaluator) Cut() (at Unresolved, ok bool) {
	if ev.cut == nil {
		return Unresolved{}, false
	}
	return *ev.cut, true
}
