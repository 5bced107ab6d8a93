// What a run writes before its first tile, while it computes.
#pragma once

#include <functional>
#include <future>
#include <thread>

namespace tiledir::engine
{

/// Does a task on a thread of its own or, where `aside` says no, in the constructor, which then throws what it throws.
class Opening
{
public:
    Opening(bool aside, const std::function<void()> &task);
    /// Waits for the task.
    ~Opening();
    Opening(const Opening &) = delete;
    Opening &operator=(const Opening &) = delete;

    /// Waits for the task. Throws what it has thrown. From any thread.
    void wait() const { m_done.get(); }

private:
    std::packaged_task<void()> m_task;
    std::shared_future<void> m_done;
    std::thread m_thread;
};

} // namespace tiledir::engine
