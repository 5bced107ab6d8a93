#include "tools/engine/host/network_watch.h"

#include "driver/store/http/http_client.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdint>
#include <utility>

namespace tiledir::engine
{
namespace
{

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTimeBetweenLooks(500);
constexpr std::chrono::seconds kQuiet(10); ///< between two lines

/// How many of what is counted have been told of.
class Told
{
public:
    explicit Told(std::int64_t count)
        : m_told(count)
    {
    }
    /// How many more a line is to tell of now; 0: no line.
    std::int64_t more(std::int64_t count, bool ended)
    {
        if (count == m_told || (!ended && Clock::now() < m_quiet_until))
        {
            return 0;
        }
        m_quiet_until = Clock::now() + kQuiet;
        return count - std::exchange(m_told, count);
    }

private:
    std::int64_t m_told;
    Clock::time_point m_quiet_until{};
};

} // namespace

NetworkWatch::NetworkWatch()
    : m_thread([this] { watch(); })
{
}

NetworkWatch::~NetworkWatch()
{
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_ended = true;
    }
    m_ending.notify_all();
    m_thread.join();
}

void NetworkWatch::watch()
{
    const store::HttpClient &client = store::HttpClient::of_process();
    Told slow_downs(client.counts().slow_downs);
    Told unanswered(client.counts().unanswered);
    std::unique_lock<std::mutex> lock(m_mutex);
    bool ended = false;
    while (!ended)
    {
        ended = m_ending.wait_for(lock, kTimeBetweenLooks, [this] { return m_ended; });
        const store::HttpCounts counts = client.counts();
        if (const std::int64_t more = slow_downs.more(counts.slow_downs, ended); more > 0)
        {
            spdlog::warn("event=slow_down requests={} requests_per_second={:.1f} reason=\"the server asks for fewer "
                         "requests (HTTP 429 or 503)\"",
                         more, counts.rate);
        }
        if (const std::int64_t more = unanswered.more(counts.unanswered, ended); more > 0)
        {
            spdlog::warn("event=no_answer requests={} reason=\"{}\"", more, counts.no_answer);
        }
    }
}

} // namespace tiledir::engine
