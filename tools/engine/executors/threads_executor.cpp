#include "tools/engine/executors/threads_executor.h"

#include "tools/engine/batch_runner.h"
#include "tools/engine/memory.h"

#include <unistd.h>

namespace tiledir::engine
{
namespace
{

class ThreadMaker : public BatchMaker
{
public:
    ThreadMaker(const RunContext &run, MemoryBudget &budget, std::shared_ptr<WriteQueue> writes)
        : m_writes(std::move(writes))
        , m_context{run.job,
                    run.store,
                    *m_writes,
                    [&run](const stac::TileId &tile, bool stored, std::size_t bytes) { run.made(tile, stored, bytes); },
                    [&run](const TileFailure &failure) { run.failed(failure); },
                    [&run, &budget](const Portion &) { look_at_memory(run, budget); },
                    [] {},
                    run.stopping}
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
        return [writes = m_writes, group = m_group] { writes->finish(*group); };
    }

private:
    static void look_at_memory(const RunContext &run, MemoryBudget &budget)
    {
        const std::int64_t bytes = resident_memory(getpid());
        budget.learn_of_all(bytes);
        run.report.has_memory(bytes, 0, 0);
    }

    const std::shared_ptr<WriteQueue> m_writes; ///< of all
    const BatchContext m_context;
    BatchRunner m_runner;
    Report &m_report;
    WriteQueue::GroupPtr m_group = std::make_shared<WriteQueue::Group>(); ///< of the last batch
};

} // namespace

BatchMakers thread_makers(const RunContext &context, MemoryBudget &budget, int count)
{
    const auto writes = std::make_shared<WriteQueue>(writers_of(context.job.recipe.output_path));
    BatchMakers makers;
    for (int i = 0; i < count; ++i)
    {
        makers.push_back(std::make_unique<ThreadMaker>(context, budget, writes));
    }
    return makers;
}

} // namespace tiledir::engine
