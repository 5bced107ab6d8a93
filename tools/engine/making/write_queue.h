// Writes of a run, overlapped with its computing where the output lies over a network.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tiledir::engine
{

/// Does tasks on threads of its own, which start as tasks come; holds few that wait. All functions may be called from
/// many threads.
class WriteQueue
{
public:
    /// Tasks that are waited for together.
    class Group
    {
        friend class WriteQueue;
        std::size_t m_left = 0; ///< guarded by the queue
    };
    using GroupPtr = std::shared_ptr<Group>;

    /// With 0 threads add() does the task itself.
    explicit WriteQueue(int threads)
        : m_most(static_cast<std::size_t>(threads))
    {
    }
    /// Drops the tasks that wait, and waits for those under way.
    ~WriteQueue();
    WriteQueue(const WriteQueue &) = delete;
    WriteQueue &operator=(const WriteQueue &) = delete;

    /// Waits for room. Throws what a task has thrown: from then on none is done any more.
    void add(const GroupPtr &group, std::function<void()> task);
    /// Would add() have to wait?
    bool is_full() const;
    /// Returns when all tasks of a group are done. Throws as add() does.
    void finish(const Group &group);

private:
    struct Task
    {
        GroupPtr group;
        std::function<void()> work;
    };

    void work();
    void rethrow() const;

    const std::size_t m_most;
    mutable std::mutex m_mutex; ///< guards what follows
    std::condition_variable m_changed;
    std::vector<std::thread> m_threads;
    std::deque<Task> m_tasks;
    std::size_t m_running = 0;
    bool m_closed = false;
    std::exception_ptr m_error;
};

/// Threads that write to an output: none to a local disk, which is faster without.
int writers_of(const std::string &output_path);

} // namespace tiledir::engine
