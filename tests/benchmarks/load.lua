-- Send the bodies of a file (one JSON text a line) one after the other, again and again, or, without
-- a file, only ask; say in one line of JSON what came of it.
local requests, turn = {}, 0

function init(arguments)
   if not arguments[1] then
      requests[1] = wrk.format("GET")
      return
   end
   local headers = { ["Content-Type"] = "application/json" }
   for body in io.lines(arguments[1]) do
      requests[#requests + 1] = wrk.format("POST", nil, headers, body)
   end
end

function request()
   turn = turn % #requests + 1
   return requests[turn]
end

function done(summary, latency)
   local wrong = summary.errors
   io.write(string.format(
      '\n{"answers": %d, "seconds": %.6f, "slow_ms": %.3f, "errors": %d}\n',
      summary.requests, summary.duration / 1e6, latency:percentile(95) / 1e3,
      wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout
   ))
end
