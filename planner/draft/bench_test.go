package draft

import "testing"

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, _, err := Load(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	s := load(b)
	d := Sample(ThankYou, Warm, "en")
	for b.Loop() {
		s.Render(d)
	}
}
