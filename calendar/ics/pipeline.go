package ics

import (
	"errors"
	"sync"
)

// batch is what the scanner found in one buffer: its segments point into it.
type batch struct {
	buf  []byte
	segs []segment
	done chan struct{} // closed when every event is judged
}

// pipeline runs the scanner ahead of the decoder: while one buffer is decoded,
// the events of the next ones are judged by Options.Keep on every processor, and
// the one after them is being scanned. Segments come out in the order of the text.
type pipeline struct {
	r    *reader
	ch   chan *batch
	stop chan struct{}
	cur  *batch
	free sync.Pool
}

// inFlight is the number of judged or scanned buffers that may wait.
const inFlight = 4

var errStopped = errors.New("stopped")

// run scans with s, and hands every segment to the reader. scanErr is the
// scanner's error, err the reader's.
func (p *pipeline) run(s *scanner) (scanErr, err error) {
	p.ch, p.stop = make(chan *batch, inFlight), make(chan struct{})
	s.emit = func(seg segment) error {
		p.cur.segs = append(p.cur.segs, seg)
		return nil
	}
	s.handOver = p.handOver
	p.cur = &batch{buf: s.buf}
	go func() {
		defer close(p.ch)
		if scanErr = s.run(); errors.Is(scanErr, errStopped) {
			scanErr = nil
			return
		}
		p.cur.buf = s.buf
		p.send()
	}()
	for b := range p.ch {
		<-b.done
		for i := 0; i < len(b.segs) && err == nil; i++ {
			if err = p.r.segment(b.segs[i]); err != nil {
				close(p.stop)
			}
		}
		p.free.Put(&b.buf)
	}
	return scanErr, err
}

// handOver sends on what was found in the scanner's buffer, and returns the buffer
// to go on with: another one when the old one is still looked at.
func (p *pipeline) handOver(buf []byte) ([]byte, error) {
	if len(p.cur.segs) == 0 {
		return buf, nil
	}
	p.cur.buf = buf
	if !p.send() {
		return nil, errStopped
	}
	next, _ := p.free.Get().(*[]byte)
	if next == nil || len(*next) < len(buf) {
		fresh := make([]byte, len(buf))
		next = &fresh
	}
	p.cur = &batch{buf: *next}
	return *next, nil
}

// send has the current batch judged and queues it; false when nobody waits for
// it any more.
func (p *pipeline) send() bool {
	b := p.cur
	b.done = make(chan struct{})
	go func() {
		defer close(b.done)
		for i := range b.segs {
			p.r.judge(&b.segs[i])
		}
	}()
	select {
	case p.ch <- b:
		return true
	case <-p.stop:
		return false
	}
}
