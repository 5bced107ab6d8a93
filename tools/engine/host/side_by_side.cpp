#include "tools/engine/host/side_by_side.h"

#include "driver/store/task_queue.h"

namespace tiledir::engine
{

void side_by_side(bool over_network, std::initializer_list<std::function<void()>> tasks)
{
    store::TaskQueue queue(over_network ? static_cast<int>(tasks.size()) : 1);
    for (const auto &task : tasks)
    {
        queue.add(task);
    }
    queue.finish();
}

} // namespace tiledir::engine
