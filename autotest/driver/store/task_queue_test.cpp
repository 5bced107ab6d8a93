#include "driver/store/task_queue.h"

#include <cpl_conv.h>

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <set>
#include <stdexcept>

namespace tiledir::store
{

TEST(TaskQueue, DoesAllTasks)
{
    for (const int threads : {1, 2, 8})
    {
        std::atomic<int> sum{0};
        TaskQueue queue(threads);
        for (int i = 1; i <= 1000; ++i)
        {
            queue.add([&sum, i] { sum += i; });
        }
        queue.finish();
        EXPECT_EQ(sum, 500500) << threads;
    }
}

TEST(TaskQueue, DoesAsManyTasksAtOnceAsThereAreThreads)
{
    constexpr int kThreads = 4;
    std::promise<void> all_here;
    const std::shared_future<void> wait = all_here.get_future().share();
    std::atomic<int> here{0};
    std::mutex mutex;
    std::set<std::thread::id> ids;
    TaskQueue queue(kThreads);
    for (int i = 0; i < kThreads; ++i)
    {
        queue.add(
            [&]
            {
                {
                    const std::lock_guard<std::mutex> lock(mutex);
                    ids.insert(std::this_thread::get_id());
                }
                if (++here == kThreads)
                {
                    all_here.set_value();
                }
                wait.wait();
            });
    }
    queue.finish();
    EXPECT_EQ(ids.size(), std::size_t{kThreads});
    EXPECT_EQ(ids.count(std::this_thread::get_id()), 1u);
}

TEST(TaskQueue, ThrowsWhatATaskHasThrownAndDropsTheOthers)
{
    for (const int threads : {1, 2})
    {
        std::atomic<int> done{0};
        TaskQueue queue(threads);
        const auto add_all = [&]
        {
            queue.add([] { throw std::runtime_error("the first"); });
            for (int i = 0; i < 100; ++i)
            {
                queue.add([&done] { ++done; });
            }
            queue.finish();
        };
        EXPECT_THROW(add_all(), std::runtime_error) << threads;
        EXPECT_LE(done, 100);
    }
}

TEST(TaskQueue, MayBeLeftUnfinished)
{
    std::atomic<int> done{0};
    {
        TaskQueue queue(2);
        for (int i = 0; i < 100; ++i)
        {
            queue.add([&done] { ++done; });
        }
    }
    EXPECT_LE(done, 100);
}

TEST(TaskQueue, TasksSeeTheOptionsOfTheThreadThatMadeIt)
{
    CPLSetThreadLocalConfigOption("TILEDIR_TEST", "seen");
    std::atomic<int> seen{0};
    TaskQueue queue(3);
    for (int i = 0; i < 50; ++i)
    {
        queue.add([&seen] { seen += std::string(CPLGetConfigOption("TILEDIR_TEST", "")) == "seen" ? 1 : 0; });
    }
    queue.finish();
    CPLSetThreadLocalConfigOption("TILEDIR_TEST", nullptr);
    EXPECT_EQ(seen, 50);
}

} // namespace tiledir::store
