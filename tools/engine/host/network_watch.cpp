#include "tools/engine/host/network_watch.h"

#include "driver/store/http/http_client.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdint>

namespace tiledir::engine
{
namespace
{

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kInterval(500);
constexpr std::chrono::seconds kQuiet(10); ///< between two lines

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
    std::int64_t told = client.counts().slow_downs;
    Clock::time_point quiet_until{};
    std::unique_lock<std::mutex> lock(m_mutex);
    bool ended = false;
    while (!ended)
    {
        ended = m_ending.wait_for(lock, kInterval, [this] { return m_ended; });
        const store::HttpCounts counts = client.counts();
        if (counts.slow_downs > told && (ended || Clock::now() >= quiet_until))
        {
            spdlog::warn("event=slow_down requests={} requests_per_second={:.1f} reason=\"the server asks for fewer "
                         "requests (HTTP 429 or 503)\"",
                         counts.slow_downs - told, counts.rate);
            told = counts.slow_downs;
            quiet_until = Clock::now() + kQuiet;
        }
    }
}

} // namespace tiledir::engine
