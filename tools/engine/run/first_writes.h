// What a run writes before its first tile, while it computes.
#pragma once

#include <functional>
#include <future>
#include <thread>

namespace tiledir::engine
{

/// Does a task on a thread of its own or, where `aside` says no, in the constructor, which then throws what it throws.
class FirstWrites
{
public:
    FirstWrites(bool aside, const std::function<void()> &task);
    /// Waits for the task.
    ~FirstWrites();
    FirstWrites(const FirstWrites &) = delete;
    FirstWrites &operator=(const FirstWrites &) = delete;

    /// Waits for the task. Throws what it has thrown. From any thread.
    void wait() const { m_done.get(); }

private:
    std::packaged_task<void()> m_task;
    std::shared_future<void> m_done;
    std::thread m_thread;
};

} // namespace tiledir::engine
