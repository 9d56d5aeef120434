// Command racy has a data race, says so, and goes on until it is killed.
package main

import "fmt"

func main() {
	n, done := 0, make(chan struct{})
	go func() {
		n++
		close(done)
	}()
	n++
	<-done
	fmt.Println("raced")
	select {}
}
