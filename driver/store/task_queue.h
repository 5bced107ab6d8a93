// Tasks that come one after the other, done on a few threads.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tiledir::store
{

/// Threads start as tasks come, and have the GDAL configuration options of the thread that made the queue. After a task
/// has thrown, those that wait are dropped. add() and finish() are for one thread.
class TaskQueue
{
public:
    /// Up to `threads` tasks at once, one of them in finish(); with 1, add() does them itself.
    explicit TaskQueue(int threads);
    /// Drops the tasks that wait, and waits for those under way.
    ~TaskQueue();
    TaskQueue(const TaskQueue &) = delete;
    TaskQueue &operator=(const TaskQueue &) = delete;

    /// Throws what a task has thrown.
    void add(std::function<void()> task);
    /// Returns when all tasks are done. Throws the first thing that one has thrown.
    void finish();

private:
    void work();
    bool take(std::function<void()> &task, bool wait);
    void run(const std::function<void()> &task);
    void join();

    int m_most;
    char **m_options;
    std::vector<std::thread> m_threads;
    std::mutex m_mutex; ///< for what follows
    std::condition_variable m_changed;
    std::deque<std::function<void()>> m_tasks;
    std::size_t m_idle = 0;
    bool m_closed = false;
    std::exception_ptr m_failure;
};

} // namespace tiledir::store
