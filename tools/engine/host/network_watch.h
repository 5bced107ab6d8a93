// Says in the log what makes a run wait for a server.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

namespace tiledir::engine
{

/// While it lives: a line as soon as a server asks for fewer requests, with the pace that is kept from then on, and one
/// as soon as none answers a request that is made again and again; of each at most one in ten seconds.
class NetworkWatch
{
public:
    NetworkWatch();
    ~NetworkWatch();
    NetworkWatch(const NetworkWatch &) = delete;
    NetworkWatch &operator=(const NetworkWatch &) = delete;

private:
    void watch();

    std::mutex m_mutex;
    std::condition_variable m_ending;
    bool m_ended = false;
    std::thread m_thread;
};

} // namespace tiledir::engine
