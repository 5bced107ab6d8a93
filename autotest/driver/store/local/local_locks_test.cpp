#include "driver/store/local/local_locks.h"

#include "autotest/driver/store/other_thread.h"
#include "stac/error.h"

#include <gtest/gtest.h>

#include <boost/filesystem.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <thread>
#include <vector>

namespace tiledir::store
{

namespace fs = boost::filesystem;

namespace
{

class LocalLocksTest : public testing::Test
{
protected:
    ~LocalLocksTest() override { fs::remove_all(m_folder); }

    std::unique_ptr<KeyLock> take(const std::string &key) const { return take_local_lock(m_folder.string(), key); }
    OtherThread taken_by_another_thread(const std::string &key) const
    {
        return OtherThread([this, key] { return take(key) != nullptr; });
    }

    fs::path m_folder = fs::temp_directory_path() / fs::unique_path("tiledir locks %%%%%%%%");
};

} // namespace

TEST_F(LocalLocksTest, OneThreadAtATimeHoldsAKey)
{
    auto first = take("5/1/2.tif");
    auto second = taken_by_another_thread("5/1/2.tif");
    EXPECT_TRUE(second.waits());
    first.reset();
    EXPECT_TRUE(second.get());
}

TEST_F(LocalLocksTest, OtherKeysAreFree)
{
    const auto first = take("5/1/2.tif");
    EXPECT_TRUE(taken_by_another_thread("5/1/3.tif").get());
}

TEST_F(LocalLocksTest, AThreadDoesNotWaitForItself)
{
    auto outer = take("a");
    take("a").reset();
    auto other = taken_by_another_thread("a");
    EXPECT_TRUE(other.waits()) << "the inner one has let go of the outer one's";
    outer.reset();
    EXPECT_TRUE(other.get());
}

TEST_F(LocalLocksTest, AnotherProcessWaitsAndAKilledOneLetsGo)
{
    std::array<int, 2> pipe_ends{};
    ASSERT_EQ(pipe(pipe_ends.data()), 0);
    const pid_t child = fork();
    if (child == 0)
    {
        const auto held = take("a");
        const ssize_t told = write(pipe_ends[1], "!", 1);
        pause();
        _exit(told == 1 ? 0 : 1);
    }
    char told = 0;
    ASSERT_EQ(read(pipe_ends[0], &told, 1), 1);
    auto mine = taken_by_another_thread("a");
    EXPECT_TRUE(mine.waits());
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    EXPECT_TRUE(mine.get());
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

TEST_F(LocalLocksTest, AForkedChildDoesNotKeepWhatItsParentLetsGo)
{
    auto held = take("a");
    const pid_t child = fork();
    if (child == 0)
    {
        pause();
        _exit(0);
    }
    held.reset();
    EXPECT_TRUE(taken_by_another_thread("a").get());
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
}

TEST_F(LocalLocksTest, ALockFileThatIsDeletedMeanwhileKeepsNobodyApart)
{
    auto first = take("a");
    auto waiting = taken_by_another_thread("a"); // on the file that goes
    EXPECT_TRUE(waiting.waits());
    fs::remove_all(m_folder);
    auto second = take("a");
    first.reset();
    EXPECT_TRUE(waiting.waits()) << "both hold it";
    second.reset();
    EXPECT_TRUE(waiting.get());
}

TEST_F(LocalLocksTest, NoThreadThatContendsIsLeftOut)
{
    // Each gets 20 before all together have had 20,000: seconds, longer than a busy machine lets a thread wait.
    constexpr int kTurns = 20;
    constexpr int kMostTurns = 20000;
    std::array<std::atomic<int>, 4> own{};
    std::atomic<int> turns{0};
    std::atomic<int> inside{0};
    std::atomic<bool> alone{true};
    const auto has_its_turns = [](const std::atomic<int> &count) { return count >= kTurns; };
    const auto contend = [&](std::atomic<int> &count)
    {
        while (turns < kMostTurns && !std::all_of(own.begin(), own.end(), has_its_turns))
        {
            const auto held = take("a");
            alone = alone && inside++ == 0;
            const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(200);
            while (std::chrono::steady_clock::now() < until)
            {
                continue; // the work
            }
            --inside;
            ++count;
            ++turns;
        }
    };
    std::vector<std::thread> threads;
    threads.reserve(own.size());
    for (auto &count : own)
    {
        threads.emplace_back(contend, std::ref(count));
    }
    for (std::thread &thread : threads)
    {
        thread.join();
    }
    EXPECT_TRUE(alone);
    EXPECT_TRUE(std::all_of(own.begin(), own.end(), has_its_turns));
}

TEST_F(LocalLocksTest, AFolderThatCannotBeWrittenIsAnErrorThatNamesIt)
{
    fs::create_directories(m_folder / "lock"); // where the file should be
    try
    {
        take("a");
        FAIL() << "no error";
    }
    catch (const StoreError &error)
    {
        EXPECT_EQ(std::string(error.what()),
                  m_folder.string() + "/lock: cannot lock: Is a directory; a folder lies where the file should be");
    }
}

} // namespace tiledir::store
