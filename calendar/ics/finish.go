package ics

import (
	"slices"

	"followup/calendar"
)

// finish emits what had to wait for the end of the text.
func (r *reader) finish() error {
	if err := r.settleWaiting(); err != nil {
		return err
	}
	r.d.zones.final = true
	if err := r.release(); err != nil {
		return err
	}
	return r.finishOldest(len(r.names))
}

// file puts a part of a recurring event aside, until the text ends or too much is
// put aside.
func (r *reader) file(c *component) error {
	s := r.series[c.ev.UID]
	if s == nil {
		s = &series{}
		r.series[c.ev.UID] = s
		r.names = append(r.names, c.ev.UID)
	}
	if c.override {
		s.overrides = append(s.overrides, c)
	} else {
		s.masters = append(s.masters, c)
	}
	if c.kept {
		r.filedSize += c.size
	}
	if r.filedSize += 1200; r.filedSize <= filedBytes {
		return nil
	}
	r.filedEarly = true
	if err := r.finishOldest((len(r.names) + 1) / 2); err != nil {
		return err
	}
	r.filedSize /= 2
	if r.filedSize > 0 && len(r.names) == 0 {
		r.filedSize = 0
	}
	return nil
}

// finishOldest emits the n recurring events that were put aside first.
func (r *reader) finishOldest(n int) error {
	for _, uid := range r.names[:n] {
		s := r.series[uid]
		delete(r.series, uid)
		if err := r.finishSeries(r.expand, s); err != nil {
			return err
		}
	}
	r.names = slices.Clone(r.names[n:])
	return nil
}

// finishSeries emits the instances of one recurring event.
func (r *reader) finishSeries(x *expander, s *series) error {
	kept := func(c *component) bool { return c.kept }
	if !slices.ContainsFunc(s.masters, kept) && !slices.ContainsFunc(s.overrides, kept) {
		r.report.Dropped += len(s.masters) + len(s.overrides)
		return nil
	}
	s.promote()
	overrides := r.newestOverrides(s.overrides)
	for i, m := range r.distinct(r.newestOf(s.masters)) {
		own := overrides
		if i > 0 {
			own = nil
		}
		if err := r.expandMaster(x, m, own); err != nil {
			return err
		}
	}
	for _, o := range overrides {
		if !o.kept || !r.o.Window.Contains(o.ev.Start, o.ev.End) {
			r.report.Dropped++
			continue
		}
		r.report.Read++
		if r.filedEarly && len(s.masters) == 0 {
			o.warn("it changes one instance of a recurring event that stands elsewhere in this large file; the original may be listed too")
		}
		if err := r.emit(o.ev); err != nil {
			return err
		}
	}
	return nil
}

// expandMaster emits the instances of a master.
func (r *reader) expandMaster(x *expander, m *component, overrides []*component) error {
	if !m.kept {
		future := slices.ContainsFunc(overrides, func(c *component) bool { return c.kept && c.future })
		if !future {
			r.report.Dropped++
			return nil
		}
	}
	emit := x.emit
	defer func() { x.emit = emit }()
	if !m.kept {
		x.emit = onlyChanged(emit)
	}
	x.budget += 2*x.limit + 200
	emitted, seen, err := x.instances(m, overrides)
	if err == nil && emitted == 0 && len(overrides) == 0 && r.o.Window == (calendar.Window{}) && x.window != r.o.Window {
		// Nothing in the usual bounds: the first date stands for the event.
		all := *x
		all.window, all.limit = calendar.Window{}, 1
		emitted, seen, err = all.instances(m, overrides)
		x.budget = all.budget
	}
	within := r.o.Window == (calendar.Window{}) || x.window.Contains(m.ev.Start, m.ev.End)
	switch {
	case err != nil:
		return err
	case emitted > 0:
		r.report.Read++
	case seen == 0 && len(overrides) == 0 && within:
		r.skipComponent(m, "its recurrence gives no date")
	default:
		r.report.Dropped++
	}
	return nil
}

// onlyChanged lets through what a kept THISANDFUTURE change made of a master that
// Keep dropped: the master's own instances were read without their texts.
func onlyChanged(emit func(calendar.Event) error) func(calendar.Event) error {
	return func(ev calendar.Event) error {
		if ev.Summary == "" && ev.Description == "" {
			return nil
		}
		return emit(ev)
	}
}
