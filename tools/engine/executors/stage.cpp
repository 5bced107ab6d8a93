#include "tools/engine/executors/stage.h"

#include <chrono>
#include <thread>

namespace tiledir::engine
{
namespace
{

/// A signal wakes nobody: so often it is asked whether one came.
constexpr std::chrono::milliseconds kStopInterval{50};
/// What is in work when a run is asked to stop has so long to end; workers end it in one second.
constexpr std::chrono::milliseconds kTimeToEnd{1700};

} // namespace

Stage::Stage(const RunContext &context, MemoryBudget &budget, BatchMakers &makers)
    : m_context(context)
    , m_budget(budget)
    , m_makers(makers)
{
}

void Stage::run(const std::function<void(const Offer &)> &orders)
{
    std::vector<std::thread> threads;
    start(threads, [this](BatchMaker &maker) { make(maker); });
    orders([this](BatchOrder order) { return offer(std::move(order)); });
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_complete = true;
    }
    m_changed.notify_all();
    end(threads);
}

void Stage::finish()
{
    std::vector<std::thread> threads;
    start(threads, [](BatchMaker &maker) { maker.finish(); });
    end(threads);
}

void Stage::start(std::vector<std::thread> &threads, const std::function<void(BatchMaker &)> &serve)
{
    threads.reserve(m_makers.size());
    m_serving = m_makers.size();
    for (auto &maker : m_makers)
    {
        threads.emplace_back(
            [this, &maker, serve]
            {
                std::exception_ptr error;
                try
                {
                    serve(*maker);
                }
                catch (...)
                {
                    error = std::current_exception();
                }
                const std::lock_guard<std::mutex> lock(m_mutex);
                note(error);
                --m_serving;
                m_changed.notify_all();
            });
    }
}

void Stage::end(std::vector<std::thread> &threads)
{
    wait_for_makers();
    for (auto &thread : threads)
    {
        thread.join();
    }
    if (m_error)
    {
        std::rethrow_exception(m_error);
    }
}

bool Stage::offer(BatchOrder order)
{
    std::unique_lock<std::mutex> lock(m_mutex);
    while (!m_error && !m_context.stopping() && m_waiting.size() >= m_makers.size())
    {
        m_changed.wait_for(lock, kStopInterval);
    }
    if (m_error || m_context.stopping())
    {
        return false;
    }
    m_waiting.push_back(std::move(order));
    m_changed.notify_all();
    return true;
}

void Stage::make(BatchMaker &maker)
{
    BatchOrder order;
    while (take(order))
    {
        std::vector<BatchOrder> again;
        std::exception_ptr error;
        try
        {
            again = maker.make(order);
        }
        catch (...)
        {
            error = std::current_exception();
        }
        ended(std::move(again), error);
    }
}

/// False where there is nothing left to do. Waits while others run: what they fail at is offered again.
bool Stage::take(BatchOrder &order)
{
    std::unique_lock<std::mutex> lock(m_mutex);
    for (;;)
    {
        const bool is_over = m_complete && m_waiting.empty() && m_budget.running() == 0;
        if (m_error || m_context.stopping() || is_over)
        {
            return false;
        }
        if (!m_waiting.empty() && m_budget.begin(m_waiting.front().needs_all_memory))
        {
            order = std::move(m_waiting.front());
            m_waiting.pop_front();
            m_context.report.has_memory(0, 0, m_budget.running());
            m_changed.notify_all();
            return true;
        }
        m_changed.wait_for(lock, kStopInterval);
    }
}

void Stage::ended(std::vector<BatchOrder> again, const std::exception_ptr &error)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_budget.end();
    for (auto order = again.rbegin(); order != again.rend(); ++order)
    {
        m_waiting.push_front(std::move(*order));
    }
    note(error);
    m_changed.notify_all();
}

/// The first one counts.
void Stage::note(const std::exception_ptr &error)
{
    if (error && !m_error)
    {
        m_error = error;
    }
}

/// Returns when all threads are about to end. Those that do not, a while after the run was asked to, are left behind:
/// what they write is whole or not there, and nobody says that it is done.
void Stage::wait_for_makers()
{
    std::unique_lock<std::mutex> lock(m_mutex);
    std::chrono::steady_clock::time_point asked;
    while (m_serving > 0)
    {
        m_changed.wait_for(lock, kStopInterval);
        if (!m_context.stopping())
        {
            continue;
        }
        const auto now = std::chrono::steady_clock::now();
        if (asked == std::chrono::steady_clock::time_point())
        {
            asked = now;
        }
        if (m_serving > 0 && now - asked > kTimeToEnd)
        {
            lock.unlock();
            m_context.abandon();
        }
    }
}

} // namespace tiledir::engine
