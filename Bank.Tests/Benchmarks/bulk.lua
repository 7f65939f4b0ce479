-- Drives requests with many transfers for wrk: each takes its own random pairs of accounts, all paid from those of
-- one user, each user in turn. The target is "bulk" or "batch" and how many transfers a request has.

require("run")

function init(arguments)
    take(arguments)
    local kind, count = target:match("(%a+) (%d+)")
    transfers = tonumber(count)
    heads = posts("/transactions/" .. kind)
end

function request()
    local last_one = unfinished()

    if last_one then
        return last_one
    end

    local user = posted % users
    local accounts = math.floor((last - first + 1) / users)
    local elements = {}

    for index = 1, transfers do
        local source = first + user + users * math.random(0, accounts - 1)
        local target = math.random(first, last - 1)

        if target >= source then
            target = target + 1
        end

        elements[index] = string.format(
            '{"from":%d,"to":%d,"amount":%d.%02d}', source, target, math.random(0, 9), math.random(1, 99))
    end

    posted = posted + 1
    local body = '{"transfers":[' .. table.concat(elements, ",") .. "]}"

    return heads[(first - 1 + user) % users] .. #body .. "\r\n\r\n" .. body
end
