package ics

import (
	"runtime"
	"sync"
)

// batch is what the scanner found in one buffer: its segments point into it.
type batch struct {
	buf   []byte // free when the segments are done; nil when another batch is of it
	segs  []segment
	lines []uint32      // those of the segments
	done  chan struct{} // closed when every event is judged
}

// pipeline runs the scanner ahead of the decoder, on every processor: the workers
// take turns at scanning one buffer, and each judges by Options.Keep the events
// that it found while the next one scans. So a buffer is looked at where it is in
// the processor's cache, and segments come out in the order of the text.
type pipeline struct {
	r    *reader
	ch   chan *batch // in the order of the text
	stop chan struct{}
	free sync.Pool // of buffers
	room sync.Pool // of batches whose segments are done

	turn  sync.Mutex // what follows is for the worker whose turn it is
	s     *scanner
	found []segment
	taken bool // the scanner's buffer belongs to a batch
	ended bool
	err   error // the scanner's
}

// maxBatch is the number of segments from which on a batch is full.
const maxBatch = 2048

// inFlight is the number of buffers that may wait for the decoder.
const inFlight = 4

// run scans with s, and hands every segment to the reader. scanErr is the
// scanner's error, err the reader's.
func (p *pipeline) run(s *scanner) (scanErr, err error) {
	p.s, p.ch, p.stop = s, make(chan *batch, inFlight), make(chan struct{})
	room := p.newBatch()
	p.found = room.segs
	s.noteLines(room.lines)
	s.spare = p.spare
	s.full = func() bool { return len(p.found) >= maxBatch }
	s.emit = func(seg segment) error {
		p.found = append(p.found, seg)
		return nil
	}
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(p.work)
	}
	go func() {
		workers.Wait()
		close(p.ch)
	}()
	for b := range p.ch {
		<-b.done
		for i := 0; i < len(b.segs) && err == nil; i++ {
			if err = p.r.segment(b.segs[i]); err != nil {
				close(p.stop)
			}
		}
		if b.buf != nil {
			p.free.Put(&b.buf)
		}
		p.room.Put(b)
	}
	return p.err, err
}

// work scans and judges until the text ends.
func (p *pipeline) work() {
	for {
		b := p.next()
		if b == nil {
			return
		}
		for i := range b.segs {
			p.r.judge(&b.segs[i])
		}
		close(b.done)
	}
}

// next waits for its turn, scans until something is found, and queues that; it is
// nil when there is nothing more to do.
func (p *pipeline) next() *batch {
	p.turn.Lock()
	defer p.turn.Unlock()
	for !p.ended && len(p.found) == 0 {
		p.ended, p.err = p.s.step()
		p.ended = p.ended || p.err != nil
	}
	if len(p.found) == 0 {
		return nil
	}
	b := &batch{p.s.buf, p.found, p.s.lines, make(chan struct{})}
	if p.s.more {
		b.buf = nil
	}
	room := p.newBatch()
	p.found, p.taken = room.segs[:0], true
	p.s.noteLines(room.lines)
	select {
	case p.ch <- b:
		return b
	case <-p.stop:
		p.ended, p.found = true, nil
		return nil
	}
}

// newBatch returns a batch with room.
func (p *pipeline) newBatch() *batch {
	if b, _ := p.room.Get().(*batch); b != nil {
		return b
	}
	return &batch{segs: make([]segment, 0, 256), lines: make([]uint32, 0, 8192)}
}

// spare returns the buffer that the scanner goes on with: another one when its own
// is still looked at.
func (p *pipeline) spare(buf []byte) []byte {
	if !p.taken {
		return buf
	}
	p.taken = false
	next, _ := p.free.Get().(*[]byte)
	if next == nil || len(*next) < len(buf) {
		return make([]byte, len(buf))
	}
	return *next
}
