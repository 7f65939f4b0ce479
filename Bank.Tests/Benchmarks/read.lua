-- Drives reads for wrk: every request takes an account at random and asks as its owner. Arguments: seconds to
-- ask, the first account, accounts, users, "health", "account" or "history" (a page of 20), then one
-- Authorization header a user. After that time it begins requests that it never finishes, so that everything
-- asked is answered and counted.

local ffi = require("ffi")
ffi.cdef [[
    typedef struct { long seconds; long nanoseconds; } timespec;
    int clock_gettime(int clock, timespec *now);
]]

local now = ffi.new("timespec")

local function clock()
    ffi.C.clock_gettime(1, now)
    return tonumber(now.seconds) + tonumber(now.nanoseconds) * 1e-9
end

local threads = {}
posted = -1 -- wrk asks for one request beforehand, to look at it.

function setup(thread)
    table.insert(threads, thread)
    thread:set("seed", #threads * 7919 + os.time())
end

function init(arguments)
    seconds, first = tonumber(arguments[1]), tonumber(arguments[2])
    accounts, users = tonumber(arguments[3]), tonumber(arguments[4])
    target = arguments[5]
    heads = {}

    for user = 1, users do
        heads[user - 1] = " HTTP/1.1\r\nHost: " .. wrk.host .. "\r\nAuthorization: " .. arguments[5 + user]
            .. "\r\n\r\n"
    end

    math.randomseed(seed)
end

function request()
    deadline = deadline or clock() + seconds

    if clock() > deadline then
        return "GET /health HTTP/1.1\r\n"
    end

    local account = math.random(first, accounts)
    local path = target == "account" and "/accounts/" .. account
        or target == "history" and "/transactions/account/" .. account .. "?limit=20"
        or "/health"
    posted = posted + 1

    return "GET " .. path .. heads[(account - 1) % users]
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
