package ruby

// textValue joins the parts of a string and makes what the literal says of them.
func (ev *Evaluator) textValue(n *textNode, f *frame) (Value, error) {
	var buf []byte
	var missing *Unknown
	gap, gaps := 0, 0
	for _, part := range n.parts {
		v, err := ev.eval(part, f)
		if err != nil {
			return nil, err
		}
		s, ok := ev.toS(v)
		if !ok {
			gap = len(buf)
			gaps++
		}
		if !ok && missing == nil {
			missing = ev.because(n.span, v)
		}
		if err := ev.spend(len(s) / 16); err != nil {
			return nil, err
		}
		buf = append(buf, s...)
	}
	switch {
	case n.kind == litCommand:
		ev.risks++
		return &Unknown{span: n.span, Reason: "runs a command", solid: true}, nil
	case missing != nil:
		if gaps == 1 && n.kind != litRegexp {
			ev.fillGap(missing, string(buf[:gap]), string(buf[gap:]))
		}
		return missing, nil
	case n.kind == litSymbol:
		return Symbol(buf), nil
	case n.kind == litRegexp:
		return &regexpValue{string(buf), n.options}, nil
	}
	return &String{Text: string(buf), Line: int(n.line)}, nil
}

// fillGap makes the choices of a text of those of the one part that is not known.
func (ev *Evaluator) fillGap(text *Unknown, before, after string) {
	var filled []Value
	for _, v := range text.some() {
		if s, ok := ev.toS(v); ok && ev.spend((len(before)+len(s)+len(after))/16) == nil {
			filled = append(filled, &String{Text: before + s + after, Line: int(text.line)})
		}
	}
	text.choices = filled
}

// because is an unknown at a place, for the reason that v is not known.
func (ev *Evaluator) because(at span, v Value) *Unknown {
	if u := ev.findUnknown(v); u != nil {
		text := &Unknown{span: at, Reason: u.Reason, said: u.said && u.line == at.line}
		if v == Value(u) {
			text.cond, text.choices = u.condition(), u.choices
		}
		return text
	}
	return &Unknown{span: at, Reason: "uses " + Noun(v) + ", whose text is not known"}
}

func article(noun string) string {
	if noun != "" && (noun[0] == 'A' || noun[0] == 'E' || noun[0] == 'I' || noun[0] == 'O') {
		return "an " + noun
	}
	return "a " + noun
}
