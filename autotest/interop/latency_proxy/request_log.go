package main

import (
	"sync"
	"time"
)

// loggedRequest is what is known of a request. Its status is written before any of the answer is, so that whoever has
// the answer finds it here.
type loggedRequest struct {
	At       float64 `json:"at"` // seconds since the proxy started
	Method   string  `json:"method"`
	Path     string  `json:"path"`  // unescaped
	Query    string  `json:"query"` // as sent
	Range    string  `json:"range"`
	Status   int     `json:"status"`    // 0: not answered (yet); 499: kept until the client gave up
	Bytes    int64   `json:"bytes"`     // of the answer's body, as announced; -1: not announced
	InFlight int     `json:"in_flight"` // requests being answered when this one came, itself among them
	Fault    string  `json:"fault"`
}

type requestLog struct {
	mutex    sync.Mutex
	began    time.Time
	all      []*loggedRequest
	inFlight int
}

func (log *requestLog) arrived(request *loggedRequest) {
	log.mutex.Lock()
	defer log.mutex.Unlock()
	log.inFlight++
	request.At = time.Since(log.began).Seconds()
	request.InFlight = log.inFlight
	log.all = append(log.all, request)
}

func (log *requestLog) answered(request *loggedRequest, status int, bytes int64) {
	log.mutex.Lock()
	defer log.mutex.Unlock()
	request.Status, request.Bytes = status, bytes
}

func (log *requestLog) left() {
	log.mutex.Lock()
	defer log.mutex.Unlock()
	log.inFlight--
}

func (log *requestLog) clear() {
	log.mutex.Lock()
	defer log.mutex.Unlock()
	log.all = nil
}

func (log *requestLog) requests() []loggedRequest {
	log.mutex.Lock()
	defer log.mutex.Unlock()
	copies := make([]loggedRequest, 0, len(log.all))
	for _, request := range log.all {
		copies = append(copies, *request)
	}
	return copies
}
