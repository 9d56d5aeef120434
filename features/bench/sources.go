package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/converged/converged/features/rig"
)

// full measures a folder that is full of reports: each is read and delivered once.
func (b *bench) full() error {
	a, err := b.newAccount()
	defer a.close()
	if err != nil {
		return err
	}
	runs := make([]rig.Run, b.files)
	for i := range runs {
		runs[i] = a.chef.Next(i%20 == 0)
		if err := rig.WriteReport(a.node.Reports(), runs[i], a.chef.Report(runs[i])); err != nil {
			return err
		}
	}
	_, took, usage, err := a.deliver(runs)
	if err != nil {
		return err
	}
	time.Sleep(b.idle)
	after, err := a.node.Usage()
	if err != nil {
		return err
	}
	name := fmt.Sprintf("folder of %d reports", len(runs))
	b.add(name+", read and delivered", "", "%.0f runs/s", float64(len(runs))/took.Seconds())
	b.add(name+", peak RSS, CPU per run", "≤ 40 MB", "%.1f MB, %.2f ms", usage.Peak, ms(usage.CPU)/float64(len(runs)))
	b.add(name+", idle CPU per 30 s", "", "%.1f ms", ms(after.CPU-usage.CPU)*30/b.idle.Seconds())
	return a.node.Stop()
}

// many measures a thousand sources in which nothing happens: half of them
// folders, half files that grow.
func (b *bench) many() error {
	a, err := b.newAccount()
	defer a.close()
	if err != nil {
		return err
	}
	a.node.Config.Sources = nil
	for i := range 500 {
		dir := a.node.Path("sources", strconv.Itoa(i))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		file := a.node.Path("sources", strconv.Itoa(i)+".json")
		if err := rig.AppendLine(file, a.chef.Line(a.chef.Next(false))); err != nil {
			return err
		}
		a.node.Config.Sources = append(a.node.Config.Sources,
			rig.Source{Format: "chef-report", Path: dir}, rig.Source{Format: "chef-collector", Path: file})
	}
	began := time.Now()
	if err := a.node.Start(); err != nil {
		return fmt.Errorf("%w: %s", err, a.node.Log())
	}
	up := time.Since(began)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := a.intake.Await(ctx, "a run of each file", func() bool { return a.intake.Seen() == 500 }); err != nil {
		return err
	}
	time.Sleep(time.Second) // let the start settle
	before, err := a.node.Usage()
	if err != nil {
		return err
	}
	time.Sleep(b.idle)
	after, err := a.node.Usage()
	if err != nil {
		return err
	}
	b.add("1000 sources, ready after start", "", "%.1f ms", ms(up))
	b.add("1000 sources, idle RSS, open files", "≤ 40 MB", "%.1f MB, %d", after.RSS, after.Files)
	b.add("1000 sources, idle CPU per 30 s", "", "%.1f ms", ms(after.CPU-before.CPU)*30/b.idle.Seconds())
	return a.node.Stop()
}
