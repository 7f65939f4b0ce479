-- Drives reads for wrk: every request takes an account at random and asks as its owner. The target is "health",
-- "account", "history" (a page of 20) or "balance" (at any moment between 40 days ago and yesterday).

require("run")

function init(arguments)
    take(arguments)
    heads = {}
    now_seconds = os.time()

    for user = 0, users - 1 do
        heads[user] = " HTTP/1.1\r\nHost: " .. wrk.host .. "\r\nAuthorization: " .. authorizations[user]
            .. "\r\n\r\n"
    end
end

function request()
    local last_one = unfinished()

    if last_one then
        return last_one
    end

    local account = math.random(first, last)
    local path = target == "account" and "/accounts/" .. account
        or target == "history" and "/transactions/account/" .. account .. "?limit=20"
        or target == "balance" and "/accounts/" .. account .. "/balance?at="
            .. os.date("!%Y-%m-%dT%H:%M:%SZ", now_seconds - math.random(86400, 40 * 86400))
        or "/health"
    posted = posted + 1

    return "GET " .. path .. heads[(account - 1) % users]
end
