package runner

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/ratebench/ratebench/internal/record"
)

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// clientForecast asks on behalf of one client: limits may be kept for each.
type clientForecast struct {
	of     Forecaster
	client int
}

func (f clientForecast) Forecast(now time.Time, r *http.Request) (time.Duration, http.Header) {
	asked := *r
	asked.Header = r.Header.Clone()
	if asked.Header == nil {
		asked.Header = http.Header{}
	}
	asked.Header.Set(record.AttemptHeader, strconv.Itoa(f.client)+"-0")
	return f.of.Forecast(now, &asked)
}
