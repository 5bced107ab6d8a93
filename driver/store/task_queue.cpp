#include "driver/store/task_queue.h"

#include <cpl_conv.h>
#include <cpl_string.h>

#include <utility>

namespace tiledir::store
{

TaskQueue::TaskQueue(int threads)
    : m_most(threads)
    , m_options(CPLGetThreadLocalConfigOptions())
{
}

TaskQueue::~TaskQueue()
{
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_tasks.clear();
    }
    join();
    CSLDestroy(m_options);
}

void TaskQueue::add(std::function<void()> task)
{
    if (m_most <= 1)
    {
        task();
        return;
    }
    bool start = false;
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        if (m_failure)
        {
            std::rethrow_exception(m_failure);
        }
        m_tasks.push_back(std::move(task));
        start = m_tasks.size() > m_idle && static_cast<int>(m_threads.size()) < m_most - 1;
    }
    if (start)
    {
        m_threads.emplace_back([this] { work(); });
    }
    else
    {
        m_changed.notify_one();
    }
}

void TaskQueue::finish()
{
    for (std::function<void()> task; take(task, false);)
    {
        run(task);
    }
    join();
    if (m_failure)
    {
        std::rethrow_exception(m_failure);
    }
}

void TaskQueue::work()
{
    CPLSetThreadLocalConfigOptions(m_options);
    for (std::function<void()> task; take(task, true);)
    {
        run(task);
    }
}

bool TaskQueue::take(std::function<void()> &task, bool wait)
{
    std::unique_lock<std::mutex> lock(m_mutex);
    ++m_idle;
    if (wait)
    {
        m_changed.wait(lock, [this] { return m_closed || !m_tasks.empty(); });
    }
    --m_idle;
    if (m_tasks.empty())
    {
        return false;
    }
    task = std::move(m_tasks.front());
    m_tasks.pop_front();
    return true;
}

void TaskQueue::run(const std::function<void()> &task)
{
    try
    {
        task();
    }
    catch (...)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        if (!m_failure)
        {
            m_failure = std::current_exception();
        }
        m_tasks.clear();
    }
}

void TaskQueue::join()
{
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_closed = true;
    }
    m_changed.notify_all();
    for (std::thread &thread : m_threads)
    {
        thread.join();
    }
    m_threads.clear();
}

} // namespace tiledir::store
