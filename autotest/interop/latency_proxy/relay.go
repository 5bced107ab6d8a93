package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// gaveUp is the status of a request whose client did not wait for its answer.
const gaveUp = 499

// relay sends each request on after its delay, with the Host header as it came: signatures still fit.
type relay struct {
	target    string
	transport *http.Transport
	log       requestLog
	delay     int64 // nanoseconds

	mutex  sync.RWMutex
	faults []*fault
	kept   []*http.Request
}

func newRelay(target string, delay time.Duration) *relay {
	return &relay{
		target: target,
		delay:  int64(delay),
		log:    requestLog{began: time.Now()},
		transport: &http.Transport{
			MaxIdleConnsPerHost: 1024,
			IdleConnTimeout:     20 * time.Second,
			DisableCompression:  true,
		},
	}
}

func (relay *relay) setDelay(delay time.Duration) {
	atomic.StoreInt64(&relay.delay, int64(delay))
}

// setFaults lets those of the same name go on, with what they have counted and what they keep.
func (relay *relay) setFaults(faults []*fault) {
	relay.mutex.Lock()
	defer relay.mutex.Unlock()
	goesOn := map[*fault]bool{}
	for index, fault := range faults {
		for _, known := range relay.faults {
			if fault.Name != "" && fault.Name == known.Name {
				faults[index] = known
				goesOn[known] = true
			}
		}
	}
	for _, known := range relay.faults {
		if !goesOn[known] {
			known.end()
		}
	}
	relay.faults = faults
}

func (relay *relay) faultOf(request *http.Request) *fault {
	relay.mutex.RLock()
	defer relay.mutex.RUnlock()
	for _, fault := range relay.faults {
		if fault.happens(request) {
			return fault
		}
	}
	return nil
}

func (relay *relay) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	logged := &loggedRequest{
		Method: request.Method,
		Path:   request.URL.Path,
		Query:  request.URL.RawQuery,
		Range:  request.Header.Get("Range"),
	}
	fault := relay.faultOf(request)
	if fault != nil {
		logged.Fault = fault.Action
	}
	relay.log.arrived(logged)
	defer relay.log.left()
	time.Sleep(time.Duration(atomic.LoadInt64(&relay.delay)))
	switch {
	case fault != nil && fault.Action == "delay":
		time.Sleep(time.Duration(fault.Seconds * float64(time.Second)))
		relay.forward(answer, request, logged, nil)
	case fault != nil && (fault.Action == "hold" || fault.Action == "gather"):
		// Whether a client gives up is only seen once all that it has sent is read.
		body, err := io.ReadAll(request.Body)
		if err != nil || !fault.keep(request) {
			relay.log.answered(logged, gaveUp, -1)
			return
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		relay.forward(answer, request, logged, nil)
	case fault == nil || fault.Action == "truncate" || fault.Action == "lose":
		relay.forward(answer, request, logged, fault)
	case fault.Action == "limit":
		relay.log.answered(logged, http.StatusServiceUnavailable, -1)
		answerStatus(answer, http.StatusServiceUnavailable, nil)
	case fault.Action == "status":
		relay.log.answered(logged, fault.Status, -1)
		answerStatus(answer, fault.Status, fault.Body)
	case fault.Action == "reset":
		resetConnection(answer)
	case fault.Action == "keep":
		relay.keep(answer, request)
	case fault.Action == "hang":
		_, _ = io.Copy(io.Discard, request.Body)
		<-request.Context().Done()
	}
}

// Headers that are between two neighbours, not between the ends.
var hopByHop = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

func (relay *relay) outgoing(request *http.Request, context context.Context) *http.Request {
	outgoing := request.Clone(context)
	outgoing.URL.Scheme, outgoing.URL.Host = "http", relay.target
	outgoing.RequestURI = ""
	for _, name := range hopByHop {
		outgoing.Header.Del(name)
	}
	if outgoing.ContentLength == 0 {
		outgoing.Body = http.NoBody
	}
	return outgoing
}

// keep takes the whole request, whose client gets no answer.
func (relay *relay) keep(answer http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err == nil {
		kept := relay.outgoing(request, context.Background())
		kept.Body = io.NopCloser(bytes.NewReader(body))
		relay.mutex.Lock()
		relay.kept = append(relay.kept, kept)
		relay.mutex.Unlock()
	}
	resetConnection(answer)
}

// sendKept gives the server the requests that were kept, one after the other, and returns the statuses of its answers.
func (relay *relay) sendKept() []int {
	relay.mutex.Lock()
	kept := relay.kept
	relay.kept = nil
	relay.mutex.Unlock()
	statuses := []int{}
	for _, request := range kept {
		response, err := relay.transport.RoundTrip(request)
		if err != nil {
			statuses = append(statuses, 0)
			continue
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		statuses = append(statuses, response.StatusCode)
	}
	return statuses
}

var buffers = sync.Pool{New: func() any { return new([64 << 10]byte) }}

func (relay *relay) forward(answer http.ResponseWriter, request *http.Request, logged *loggedRequest, fault *fault) {
	response, err := relay.transport.RoundTrip(relay.outgoing(request, request.Context()))
	if err != nil {
		relay.log.answered(logged, http.StatusBadGateway, -1)
		http.Error(answer, err.Error(), http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	if fault != nil && fault.Action == "lose" {
		relay.log.answered(logged, response.StatusCode, response.ContentLength)
		_, _ = io.Copy(io.Discard, response.Body)
		resetConnection(answer)
		return
	}
	header := answer.Header()
	for name, values := range response.Header {
		header[name] = values
	}
	for _, name := range hopByHop {
		header.Del(name)
	}
	// As servers write it; Go has changed its case.
	if tag, tagged := header["Etag"]; tagged {
		delete(header, "Etag")
		header["ETag"] = tag
	}
	relay.log.answered(logged, response.StatusCode, response.ContentLength)
	answer.WriteHeader(response.StatusCode)
	body := io.Reader(response.Body)
	truncated := fault != nil
	if truncated {
		body = io.LimitReader(body, response.ContentLength/2)
	}
	buffer := buffers.Get().(*[64 << 10]byte)
	defer buffers.Put(buffer)
	_, err = io.CopyBuffer(onlyWriter{answer}, body, buffer[:])
	if truncated || err != nil {
		if flusher, ok := answer.(http.Flusher); ok {
			flusher.Flush()
		}
		panic(http.ErrAbortHandler)
	}
}

// onlyWriter keeps io.CopyBuffer to its buffer.
type onlyWriter struct{ io.Writer }
