// A thread that a test starts and sees wait.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <future>
#include <string>
#include <thread>

namespace tiledir::store
{

/// Does a piece of work at once, in a thread of its own.
class OtherThread
{
public:
    explicit OtherThread(const std::function<bool()> &work)
        : m_result(std::async(std::launch::async,
                              [this, work]
                              {
                                  m_id = gettid();
                                  return work();
                              }))
    {
    }

    /// Returns as soon as it is known: false where the work is done, true where the thread sleeps until another one
    /// lets it go on.
    bool waits() const
    {
        constexpr int kLooks = 5; // it may sleep for a moment for what is not of the test
        std::string before;
        for (int asleep = 0; asleep < kLooks;)
        {
            if (m_result.wait_for(std::chrono::milliseconds(1)) == std::future_status::ready)
            {
                return false;
            }
            const std::string now = m_id != 0 ? switches_while_asleep() : "";
            asleep = !now.empty() && now == before ? asleep + 1 : 0;
            before = now;
        }
        return true;
    }
    /// What the work has returned, once it is done.
    bool get() { return m_result.get(); }

private:
    /// How often it has fallen asleep; empty where it is awake.
    std::string switches_while_asleep() const
    {
        std::ifstream status("/proc/self/task/" + std::to_string(m_id) + "/status");
        bool asleep = false;
        for (std::string line; std::getline(status, line);)
        {
            if (line.rfind("State:", 0) == 0)
            {
                asleep = line.find('S', 6) != std::string::npos;
            }
            if (asleep && line.rfind("voluntary_ctxt_switches", 0) == 0)
            {
                return line;
            }
        }
        return {};
    }

    std::atomic<pid_t> m_id{0};
    std::future<bool> m_result;
};

} // namespace tiledir::store
