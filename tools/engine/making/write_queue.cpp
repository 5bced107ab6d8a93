#include "tools/engine/making/write_queue.h"

#include "driver/store/network_path.h"

#include <utility>

namespace tiledir::engine
{

WriteQueue::~WriteQueue()
{
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_closed = true;
        m_tasks.clear();
    }
    m_changed.notify_all();
    for (auto &thread : m_threads)
    {
        thread.join();
    }
}

void WriteQueue::rethrow() const
{
    if (m_error)
    {
        std::rethrow_exception(m_error);
    }
}

void WriteQueue::add(const GroupPtr &group, std::function<void()> task)
{
    if (m_most == 0)
    {
        task();
        return;
    }
    std::unique_lock<std::mutex> lock(m_mutex);
    m_changed.wait(lock, [&] { return m_error || m_tasks.size() < m_most; });
    rethrow();
    m_tasks.push_back({group, std::move(task)});
    ++group->m_left;
    if (m_running + m_tasks.size() > m_threads.size() && m_threads.size() < m_most)
    {
        m_threads.emplace_back([this] { work(); });
    }
    m_changed.notify_all();
}

bool WriteQueue::is_full() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_most > 0 && m_tasks.size() >= m_most;
}

void WriteQueue::finish(const Group &group)
{
    std::unique_lock<std::mutex> lock(m_mutex);
    m_changed.wait(lock, [&] { return group.m_left == 0 || (m_error && m_running == 0); });
    rethrow();
}

void WriteQueue::work()
{
    std::unique_lock<std::mutex> lock(m_mutex);
    for (;;)
    {
        m_changed.wait(lock, [&] { return m_closed || m_error || !m_tasks.empty(); });
        if (m_closed || m_error)
        {
            return;
        }
        const Task task = std::move(m_tasks.front());
        m_tasks.pop_front();
        ++m_running;
        lock.unlock();
        std::exception_ptr error;
        try
        {
            task.work();
        }
        catch (...)
        {
            error = std::current_exception();
        }
        lock.lock();
        --m_running;
        --task.group->m_left;
        if (error && !m_error)
        {
            m_error = error;
        }
        m_changed.notify_all();
    }
}

int writers_of(const std::string &output_path)
{
    constexpr int kNetworkWriters = 32;
    return store::is_on_network(output_path) ? kNetworkWriters : 0;
}

} // namespace tiledir::engine
