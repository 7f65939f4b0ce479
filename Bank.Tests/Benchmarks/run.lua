-- What every run of wrk has in common: a clock, requests of its own for each thread, and what it tells at its
-- end.

local ffi = require("ffi")
ffi.cdef [[
    typedef struct { long seconds; long nanoseconds; } timespec;
    int clock_gettime(int clock, timespec *now);
]]

local now = ffi.new("timespec")

function clock()
    ffi.C.clock_gettime(1, now)
    return tonumber(now.seconds) + tonumber(now.nanoseconds) * 1e-9
end

local threads = {}
posted = -1 -- wrk asks for one request beforehand, to look at it.

function setup(thread)
    table.insert(threads, thread)
    thread:set("seed", #threads * 7919 + os.time())
end

function done(summary, latency)
    local total = 0

    for _, thread in ipairs(threads) do
        total = total + thread:get("posted")
    end

    io.write(string.format(
        "RESULT posted=%d answered=%d refused=%d broken=%d p50=%d p99=%d max=%d\n",
        total, summary.requests, summary.errors.status,
        summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
        latency:percentile(50), latency:percentile(99), latency.max))
end
