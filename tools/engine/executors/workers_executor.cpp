#include "tools/engine/executors/workers_executor.h"

#include "stac/error.h"
#include "tools/engine/executors/worker_process.h"
#include "tools/engine/host/memory.h"
#include "tools/engine/host/stop_request.h"
#include "tools/engine/report/report_text.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>

namespace tiledir::engine
{
namespace
{

using Clock = std::chrono::steady_clock;

/// So often a worker's memory and time are looked at while it says nothing.
constexpr std::chrono::milliseconds kTimeBetweenLooksAtWorker{25};
/// A worker that was asked to stop has so long to say what it has made.
constexpr std::chrono::milliseconds kTimeToEndTrial{500};
/// Attempts at a tile alone: a crash is hardly by chance; a kill by others may be.
constexpr int kAttemptsAtCrash = 2;
constexpr int kAttemptsAtKill = 6;
/// Workers in a row that die before they begin with a tile.
constexpr int kMostFalseStarts = 20;

/// A batch as far as its worker has got.
struct Trial
{
    explicit Trial(const BatchOrder &of)
        : order(of)
    {
    }
    const BatchOrder &order;
    stac::LevelSets settled; ///< made or failed
    std::optional<Portion> in_work;
    std::optional<Clock::time_point> since; ///< nothing while the worker waits for what is not the tiles' own
    std::int64_t kernel_kills = kernel_memory_kills();
    std::int64_t peak = 0;
    std::string killed_for; ///< "memory" or "timeout": by us
    std::optional<Clock::time_point> asked_to_stop;
    bool ended = false;
};

/// Minds a worker: starts it, hands it batches, kills it where it takes too much, and finds the tile to blame.
class WorkerMaker : public BatchMaker
{
public:
    WorkerMaker(const RunContext &context, MemoryBudget &budget, StartWorker start_worker,
                std::shared_ptr<std::atomic<std::int64_t>> all_memory)
        : m_context(context)
        , m_budget(budget)
        , m_start_worker(std::move(start_worker))
        , m_all_memory(std::move(all_memory))
    {
    }
    ~WorkerMaker() override { forget_worker(); }

    std::vector<BatchOrder> make(const BatchOrder &order) override;

private:
    bool start();
    void answer(const std::string &line, Trial &trial);
    void add_made(const Json &tiles, Trial &trial) const;
    void add_end(const Json &json);
    void look(Trial &trial);
    void look_at_memory(Trial &trial);
    std::vector<BatchOrder> after_death(Trial &trial);
    std::string reason_of(const Trial &trial, const std::string &cause, const WorkerLink::End &end) const;
    void note_memory(std::int64_t now);
    void forget_worker();

    const RunContext &m_context;
    MemoryBudget &m_budget;
    const StartWorker m_start_worker;
    std::shared_ptr<std::atomic<std::int64_t>> m_all_memory; ///< of all workers
    std::int64_t m_memory = 0;                               ///< of this one, in m_all_memory
    std::unique_ptr<WorkerLink> m_worker;
    int m_false_starts = 0;
};

std::vector<BatchOrder> WorkerMaker::make(const BatchOrder &order)
{
    if (!m_worker && !start())
    {
        return {};
    }
    m_context.wait_until_open();
    Trial trial(order);
    m_worker->send(to_json(m_context.resolved.grid, order).dump());
    while (!trial.ended)
    {
        if (const auto line = m_worker->read_line(kTimeBetweenLooksAtWorker))
        {
            answer(*line, trial);
        }
        else if (m_worker->has_closed())
        {
            return after_death(trial);
        }
        look(trial);
    }
    m_budget.learn(std::max(trial.peak, m_memory));
    if (trial.asked_to_stop)
    {
        forget_worker();
    }
    return {};
}

/// False where the run is to stop.
bool WorkerMaker::start()
{
    while (!m_context.stopping())
    {
        m_worker = m_start_worker();
        const auto level = spdlog::level::to_string_view(spdlog::get_level());
        m_worker->send(Json{{"recipe", m_context.resolved.document},
                            {"log", std::string(level.data(), level.size())},
                            {"intent", {m_context.intent_key, m_context.intent_id}}}
                           .dump());
        std::optional<std::string> line;
        while (!line && !m_worker->has_closed() && !m_context.stopping())
        {
            line = m_worker->read_line(kTimeBetweenLooksAtWorker);
        }
        if (line)
        {
            const Json json = Json::parse(*line);
            if (json.contains("ready"))
            {
                return true;
            }
            throw StoreError(fmt::format("executor: the worker cannot begin: {}", json.value("refused", *line)));
        }
        forget_worker();
        if (!m_context.stopping() && ++m_false_starts >= kMostFalseStarts)
        {
            throw StoreError(
                fmt::format("executor: {} worker processes in a row died before they began", m_false_starts));
        }
    }
    return false;
}

void WorkerMaker::answer(const std::string &line, Trial &trial)
{
    const Json json = Json::parse(line);
    if (json.contains("refused"))
    {
        throw StoreError(json["refused"].get<std::string>());
    }
    if (json.contains("at"))
    {
        trial.in_work = portion_from_json(m_context.resolved.grid, json["at"]);
        trial.since = Clock::now();
        m_false_starts = 0;
    }
    if (json.contains("waits"))
    {
        trial.since.reset();
    }
    if (json.contains("made"))
    {
        add_made(json["made"], trial);
    }
    if (json.contains("failed"))
    {
        for (const auto &failure : json["failed"])
        {
            const stac::TileId tile = tile_from_json(m_context.resolved.grid, failure["tile"]);
            m_context.failed(
                {tile, failure["reason"], failure["attempts"].get<int>() + trial.order.attempts, failure["cause"]});
            trial.settled.insert(tile);
        }
    }
    if (json.contains("end"))
    {
        trial.peak = std::max(trial.peak, json["peak_memory"].get<std::int64_t>());
        add_end(json);
        trial.ended = true;
    }
}

void WorkerMaker::add_made(const Json &tiles, Trial &trial) const
{
    for (const auto &json : tiles)
    {
        const stac::TileId tile = tile_from_json(m_context.resolved.grid, json);
        m_context.made(tile, json.at(3) != 0, json.at(4));
        trial.settled.insert(tile);
    }
}

void WorkerMaker::add_end(const Json &json)
{
    Report &report = m_context.report;
    for (const auto &tile : json["held_back"])
    {
        report.held_back(tile_from_json(m_context.resolved.grid, tile));
    }
    for (std::size_t phase = 0; phase < kPhaseNames.size(); ++phase)
    {
        const std::chrono::duration<double> seconds(json["seconds"].value(kPhaseNames[phase], 0.0));
        report.spent(static_cast<Phase>(phase), std::chrono::duration_cast<std::chrono::nanoseconds>(seconds));
    }
    report.requested(json["requests"].get<std::map<std::string, std::int64_t>>());
    for (const auto &timing : json["slowest"])
    {
        report.took({portion_from_json(m_context.resolved.grid, timing.at(0)), timing.at(1)});
    }
    for (std::int64_t retry = 0; retry < json["retries"].get<std::int64_t>(); ++retry)
    {
        report.retried();
    }
}

/// Whether the worker may go on.
void WorkerMaker::look(Trial &trial)
{
    const auto now = Clock::now();
    if (m_context.stopping())
    {
        if (!trial.asked_to_stop)
        {
            trial.asked_to_stop = now;
            m_worker->ask_to_stop();
        }
        else if (now - *trial.asked_to_stop > kTimeToEndTrial)
        {
            m_worker->kill();
        }
        return;
    }
    if (trial.killed_for.empty())
    {
        look_at_memory(trial);
    }
    const double timeout = m_context.resolved.recipe.tile_timeout;
    if (trial.killed_for.empty() && timeout > 0 && trial.since)
    {
        const std::chrono::duration<double> time = now - *trial.since;
        if (time.count() > timeout)
        {
            trial.killed_for = "timeout";
            m_worker->kill();
        }
    }
}

void WorkerMaker::look_at_memory(Trial &trial)
{
    const std::int64_t now = m_worker->memory();
    note_memory(now);
    trial.peak = std::max(trial.peak, now);
    const std::int64_t share = m_budget.share();
    const std::int64_t others = m_all_memory->load() - m_memory;
    const std::int64_t most = trial.order.needs_all_memory ? m_budget.for_batches() - others : share;
    if (now > most && trial.in_work)
    {
        trial.killed_for = "memory";
        m_worker->kill();
    }
}

std::string WorkerMaker::reason_of(const Trial &trial, const std::string &cause, const WorkerLink::End &end) const
{
    if (cause == "memory" && trial.killed_for.empty())
    {
        return fmt::format("the kernel killed its worker for want of memory, at {}; the budget of the run is {}",
                           memory_text(trial.peak), memory_text(m_budget.budget()));
    }
    if (cause == "memory")
    {
        return fmt::format("takes too much memory: its worker had {}, the budget of the run is {} (memory)",
                           memory_text(trial.peak), memory_text(m_budget.budget()));
    }
    if (cause == "timeout")
    {
        return fmt::format("takes longer than {} s (tile_timeout)", m_context.resolved.recipe.tile_timeout);
    }
    return end.signal != 0 ? fmt::format("its worker died of {}", signal_name(end.signal))
                           : fmt::format("its worker ended with exit code {}", end.exit_code);
}

std::vector<BatchOrder> WorkerMaker::after_death(Trial &trial)
{
    const WorkerLink::End end = m_worker->wait();
    forget_worker();
    m_context.store.remove_leftovers();
    if (trial.asked_to_stop)
    {
        return {};
    }
    m_context.report.worker_died();
    std::string cause = trial.killed_for;
    if (cause.empty())
    {
        cause = end.signal == SIGKILL && kernel_memory_kills() > trial.kernel_kills ? "memory" : "crash";
    }
    if (!trial.in_work)
    {
        if (++m_false_starts >= kMostFalseStarts)
        {
            throw StoreError(
                fmt::format("executor: {} worker processes in a row died before they began", m_false_starts));
        }
        return {trial.order}; // nothing of it was begun
    }
    const std::string reason = reason_of(trial, cause, end);
    spdlog::warn("event=worker_died tiles={} cause={} reason=\"{}\"", name(m_context.resolved, *trial.in_work), cause,
                 reason);
    const bool by_others = cause == "crash" && end.signal == SIGKILL;
    std::vector<BatchOrder> again = split(trial.order, trial.settled, trial.in_work);
    const int most = cause == "crash" ? (by_others ? kAttemptsAtKill : kAttemptsAtCrash) : 1;
    for (auto order = again.begin(); order != again.end();)
    {
        const bool is_enough = order->alone >= most && (cause != "memory" || trial.order.needs_all_memory);
        if (is_enough)
        {
            const stac::TileRange tile = order->tiles.bounding();
            m_context.failed({{order->level, tile.min_row, tile.min_col}, reason, order->attempts, cause});
            order = again.erase(order);
            continue;
        }
        if (order->attempts > trial.order.attempts)
        {
            m_context.report.retried();
            order->needs_all_memory = cause == "memory";
        }
        ++order;
    }
    if (by_others && !again.empty() && again.front().alone > 0)
    {
        pause(seconds_before_attempt(1), m_context.stopping);
    }
    return again;
}

void WorkerMaker::note_memory(std::int64_t now)
{
    const std::int64_t all = m_all_memory->fetch_add(now - m_memory) + now - m_memory;
    m_memory = now;
    m_context.report.has_memory(all + resident_memory(getpid()), now, 0);
}

void WorkerMaker::forget_worker()
{
    m_worker.reset();
    *m_all_memory -= m_memory;
    m_memory = 0;
}

} // namespace

BatchMakers process_makers(const RunContext &context, MemoryBudget &budget, int count)
{
    return worker_makers(context, budget, count,
                         [] { return std::make_unique<WorkerProcess>(std::vector<std::string>{"worker"}); });
}

BatchMakers worker_makers(const RunContext &context, MemoryBudget &budget, int count, const StartWorker &start)
{
    const auto all_memory = std::make_shared<std::atomic<std::int64_t>>(0);
    BatchMakers makers;
    for (int i = 0; i < count; ++i)
    {
        makers.push_back(std::make_unique<WorkerMaker>(context, budget, start, all_memory));
    }
    return makers;
}

} // namespace tiledir::engine
