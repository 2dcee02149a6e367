-- Sends one row with each request, and prints latencies and errors as a line of JSON.
local file = io.open("/request.csv")
wrk.method = "POST"
wrk.body = file:read("*l")
wrk.headers["Content-Type"] = "text/csv"

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, failed))
end
