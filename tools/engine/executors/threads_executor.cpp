#include "tools/engine/executors/threads_executor.h"

#include "driver/store/network_path.h"
#include "tools/engine/host/memory.h"
#include "tools/engine/making/batch_runner.h"

#include <unistd.h>

#include <algorithm>

namespace tiledir::engine
{
namespace
{

/// What the makers of a run have in common.
struct Shared
{
    WriteQueue writes;
    KeptTiles kept;
    ComputeSlots slots;
};

/// Where nothing was in the output, there is only what the run makes.
bool may_be_there(const RunContext &run, const stac::TileId &tile)
{
    return !run.fresh || run.plan.computed().contains(tile) || run.plan.overviews().contains(tile);
}

bool reads_over_network(const ResolvedRecipe &resolved)
{
    return std::any_of(resolved.mosaics.begin(), resolved.mosaics.end(),
                       [](const auto &input) { return store::is_on_network(input.second->sources().front().path); });
}

class ThreadMaker : public BatchMaker
{
public:
    ThreadMaker(const RunContext &run, MemoryBudget &budget, std::shared_ptr<Shared> shared)
        : m_shared(std::move(shared))
        , m_context{run.resolved,
                    run.store,
                    m_shared->writes,
                    m_shared->kept,
                    m_shared->slots,
                    [&run](const stac::TileId &tile, bool stored, std::size_t bytes) { run.made(tile, stored, bytes); },
                    [&run](const TileFailure &failure) { run.failed(failure); },
                    [&run, &budget](const Portion &) { look_at_memory(run, budget); },
                    [] {},
                    run.stopping,
                    [&run](const stac::TileId &tile) { return may_be_there(run, tile); },
                    run.wait_until_open}
        , m_runner(m_context)
        , m_report(run.report)
    {
    }

    std::vector<BatchOrder> make(const BatchOrder &order) override
    {
        m_group = std::make_shared<WriteQueue::Group>();
        m_runner.make(order, m_report, m_group);
        return {};
    }

    std::function<void()> writing() const override
    {
        return [shared = m_shared, group = m_group] { shared->writes.finish(*group); };
    }

private:
    static void look_at_memory(const RunContext &run, MemoryBudget &budget)
    {
        const std::int64_t bytes = resident_memory(getpid());
        budget.learn_of_all(bytes);
        run.report.has_memory(bytes, 0, 0);
    }

    const std::shared_ptr<Shared> m_shared; ///< by all
    const BatchContext m_context;
    BatchRunner m_runner;
    Report &m_report;
    WriteQueue::GroupPtr m_group = std::make_shared<WriteQueue::Group>(); ///< of the last batch
};

} // namespace

BatchMakers thread_makers(const RunContext &context, MemoryBudget &budget, int count)
{
    const std::string &output = context.resolved.recipe.output_path;
    const std::shared_ptr<Shared> shared(
        new Shared{WriteQueue(writers_of(output)), KeptTiles(most_kept_bytes(output)), ComputeSlots(count)});
    // While some wait for their inputs, others compute.
    const int makers_a_slot = count > 1 && reads_over_network(context.resolved) ? 2 : 1;
    BatchMakers makers;
    for (int i = 0; i < count * makers_a_slot; ++i)
    {
        makers.push_back(std::make_unique<ThreadMaker>(context, budget, shared));
    }
    return makers;
}

} // namespace tiledir::engine
