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

-- Takes the arguments that every script has: seconds to ask, the first and the last account, users, the target, and
-- one Authorization header a user.
function take(arguments)
    seconds, first, last, users = tonumber(arguments[1]), tonumber(arguments[2]), tonumber(arguments[3]),
        tonumber(arguments[4])
    target = arguments[5]
    authorizations = {}

    for user = 1, users do
        authorizations[user - 1] = arguments[5 + user]
    end

    math.randomseed(seed)
end

-- Of each user, the head of a request that posts JSON to an address, up to the number of its bytes.
function posts(path)
    local heads = {}

    for user = 0, users - 1 do
        heads[user] = "POST " .. path .. " HTTP/1.1\r\nHost: " .. wrk.host
            .. "\r\nContent-Type: application/json\r\nAuthorization: " .. authorizations[user]
            .. "\r\nContent-Length: "
    end

    return heads
end

-- After its time a script begins requests that it never finishes, so that everything asked is answered and counted:
-- this is one of those then, and nothing before.
function unfinished()
    deadline = deadline or clock() + seconds
    return clock() > deadline and "GET /health HTTP/1.1\r\n" or nil
end
