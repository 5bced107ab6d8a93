#include "tools/engine/executors/stage.h"

#include "tools/engine/report/report_text.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <thread>

namespace tiledir::engine
{
namespace
{

/// A signal wakes nobody: so often it is asked whether one came.
constexpr std::chrono::milliseconds kStopInterval{50};
/// What is in work when a run is asked to stop has so long to end; workers end it sooner. What remains of a second is
/// for the journal.
constexpr std::chrono::milliseconds kTimeToEndServing{750};

constexpr std::size_t kMakersPerWaiting = 4;

/// The journal hears of batches of overviews that take longer as soon as they are written.
constexpr std::chrono::milliseconds kWorthAWord{500};

/// `tiles=11/800-803/540-547 count=32 top=9`: what a batch reaches.
std::string batch_text(const ResolvedRecipe &resolved, const BatchOrder &order)
{
    const int top = order.overviews.empty() ? order.level : order.overviews.begin()->first;
    return fmt::format("tiles={} count={} top={}", name(resolved, {order.level, order.tiles.bounding()}),
                       order.tiles.count(), resolved.matrix(top).id);
}

} // namespace

Stage::Stage(const RunContext &context, MemoryBudget &budget, BatchMakers &makers, BatchEnds &ends, BatchSizes &sizes)
    : m_context(context)
    , m_budget(budget)
    , m_makers(makers)
    , m_ends(ends)
    , m_sizes(sizes)
{
}

void Stage::run(const std::function<void(const Offer &)> &orders)
{
    std::vector<std::thread> threads;
    for (std::size_t maker = 0; maker < m_makers.size(); ++maker)
    {
        start(threads, [this, maker] { serve(maker); });
    }
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
    start(threads, [this] { m_ends.finish(); });
    end(threads);
}

void Stage::start(std::vector<std::thread> &threads, const std::function<void()> &work)
{
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        ++m_serving;
    }
    threads.emplace_back(
        [this, work]
        {
            std::exception_ptr error;
            try
            {
                work();
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

/// Few wait: the next is as large as what is known by then.
bool Stage::offer(BatchOrder order)
{
    const std::size_t most = (m_makers.size() + kMakersPerWaiting - 1) / kMakersPerWaiting;
    std::unique_lock<std::mutex> lock(m_mutex);
    m_sizes.handed_out(order.tiles.count());
    m_waiting.push_back(std::move(order));
    m_changed.notify_all();
    while (!m_error && !m_context.stopping() && m_waiting.size() >= most)
    {
        m_changed.wait_for(lock, kStopInterval);
    }
    return !m_error && !m_context.stopping();
}

void Stage::serve(std::size_t maker)
{
    BatchOrder order;
    while (take(order))
    {
        std::vector<BatchOrder> again;
        std::exception_ptr error;
        try
        {
            again = make(maker, order);
        }
        catch (...)
        {
            error = std::current_exception();
        }
        ended(std::move(again), error);
    }
}

std::vector<BatchOrder> Stage::make(std::size_t maker, const BatchOrder &order)
{
    const std::string text = batch_text(m_context.resolved, order);
    spdlog::debug("event=batch_begins {} attempts={}", text, order.attempts);
    const auto start = std::chrono::steady_clock::now();
    std::vector<BatchOrder> again = m_makers[maker]->make(order);
    const auto time = std::chrono::steady_clock::now() - start;
    if (again.empty() && !m_context.stopping())
    {
        m_sizes.took(order.tiles.count(), time);
        // Few overviews wait for no word in the journal: those above them would wait for it too.
        if (!order.from_stored || time > kWorthAWord)
        {
            m_ends.made(maker, m_makers[maker]->writing(), text);
            return again;
        }
    }
    else
    {
        spdlog::debug("event=batch_divided {} into={}", text, again.size());
    }
    m_ends.left(maker, m_makers[maker]->writing());
    return again;
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

/// Keeps a failure, the first one alone.
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
        if (m_serving > 0 && now - asked > kTimeToEndServing)
        {
            lock.unlock();
            m_context.abandon(); // which does not return, but in tests
            lock.lock();
        }
    }
}

} // namespace tiledir::engine
