#include "tools/engine/making/write_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>

namespace tiledir::engine
{
namespace
{

TEST(WriteQueue, AGroupIsWaitedForAlone)
{
    std::promise<void> go;
    const std::shared_future<void> gone = go.get_future().share();
    WriteQueue queue(2);
    const auto slow = std::make_shared<WriteQueue::Group>();
    const auto quick = std::make_shared<WriteQueue::Group>();
    std::atomic<int> done{0};
    queue.add(slow,
              [&]
              {
                  gone.wait();
                  ++done;
              });
    queue.add(quick, [&] { ++done; });
    queue.finish(*quick); // while the other one's task waits
    EXPECT_EQ(done, 1);
    go.set_value();
    queue.finish(*slow);
    EXPECT_EQ(done, 2);
}

TEST(WriteQueue, WhatATaskThrowsEndsAllGroups)
{
    WriteQueue queue(2);
    const auto first = std::make_shared<WriteQueue::Group>();
    const auto second = std::make_shared<WriteQueue::Group>();
    queue.add(first, [] { throw std::runtime_error("the disk is full"); });
    EXPECT_THROW(queue.finish(*first), std::runtime_error);
    EXPECT_THROW(queue.add(second, [] {}), std::runtime_error);
}

TEST(WriteQueue, WithoutThreadsATaskIsDoneByWhoAddsIt)
{
    WriteQueue queue(0);
    const auto group = std::make_shared<WriteQueue::Group>();
    int done = 0;
    queue.add(group, [&] { ++done; });
    EXPECT_EQ(done, 1);
    queue.finish(*group);
}

} // namespace
} // namespace tiledir::engine
