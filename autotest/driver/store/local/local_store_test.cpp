#include "driver/store/local/local_store.h"

#include "autotest/driver/store/other_thread.h"
#include "driver/store/opening/open_store.h"

#include <gtest/gtest.h>

#include <boost/filesystem.hpp>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <thread>

namespace tiledir::store
{

namespace fs = boost::filesystem;

namespace
{

class LocalStoreTest : public testing::Test
{
protected:
    LocalStoreTest()
        : m_folder(fs::temp_directory_path() / fs::unique_path("tiledir store %%%%%%%%"))
        , m_root((m_folder / "out").string())
    {
        fs::create_directories(m_folder);
    }
    ~LocalStoreTest() override { fs::remove_all(m_folder); }

    std::size_t temporary_files() const
    {
        const fs::path folder = m_root + "/.tiledir/tmp";
        return fs::exists(folder) ? std::distance(fs::directory_iterator(folder), fs::directory_iterator()) : 0;
    }
    static std::string text_of(const fs::path &path)
    {
        std::ifstream file(path.string(), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    fs::path m_folder;
    std::string m_root;
};

/// A small file system of its own: needs the right to mount.
class LocalStoreOnSmallDiskTest : public LocalStoreTest
{
protected:
    void SetUp() override
    {
        fs::create_directories(m_root);
        m_mounted = mount("none", m_root.c_str(), "tmpfs", 0, "size=64k") == 0;
        if (!m_mounted)
        {
            GTEST_SKIP() << "no right to mount a file system";
        }
    }
    void TearDown() override
    {
        if (m_mounted)
        {
            umount(m_root.c_str());
        }
    }

    bool m_mounted = false;
};

template <class Failure> std::string message_of(const std::function<void()> &work)
{
    try
    {
        work();
    }
    catch (const Failure &failure)
    {
        return failure.what();
    }
    return "nothing was thrown";
}

TEST_F(LocalStoreTest, OpeningMakesNothing)
{
    const auto store = open_store(m_root);
    EXPECT_FALSE(store->read("stac.json"));
    EXPECT_FALSE(store->stamp("stac.json"));
    EXPECT_TRUE(store->list("").empty());
    EXPECT_FALSE(store->remove("stac.json"));
    store->sync();
    EXPECT_FALSE(fs::exists(m_root));
}

TEST_F(LocalStoreTest, WritesIntoNewFoldersAndReadsBack)
{
    const auto store = open_store(m_root + "/");
    const std::string bytes("a\0b\xff", 4);
    store->write("5/12/7.tif", bytes);
    EXPECT_EQ(store->path("5/12/7.tif"), m_root + "/5/12/7.tif");
    EXPECT_EQ(text_of(m_root + "/5/12/7.tif"), bytes);
    EXPECT_EQ(store->read_text("5/12/7.tif"), bytes);
    store->write("5/12/7.tif", std::string());
    EXPECT_EQ(store->read_text("5/12/7.tif"), "");
    store->sync();
    EXPECT_EQ(text_of(m_root + "/5/12/7.tif"), "");
    EXPECT_EQ(temporary_files(), 0u);
}

TEST_F(LocalStoreTest, AFolderThatVanishedIsMadeAgain)
{
    const auto store = open_store(m_root);
    store->write("5/12/7.tif", "old");
    fs::remove_all(m_root + "/5");
    fs::remove_all(m_root + "/.tiledir");
    store->write("5/12/7.tif", "new");
    EXPECT_EQ(store->read_text("5/12/7.tif"), "new");
}

TEST_F(LocalStoreTest, RelativeRootsWork)
{
    const fs::path before = fs::current_path();
    fs::current_path(m_folder);
    const auto store = open_store("relative");
    store->write("a/b", "text");
    store->sync();
    EXPECT_EQ(store->path("a/b"), "relative/a/b");
    EXPECT_EQ(text_of(m_folder / "relative/a/b"), "text");
    LocalStore each("relative", LocalStore::Durability::EachFile);
    each.write("a/c", std::string("text"));
    EXPECT_NO_THROW(each.sync());
    fs::current_path(before);
}

TEST_F(LocalStoreTest, ListsFilesOfOneFolderSorted)
{
    const auto store = open_store(m_root);
    for (const char *key : {"5/b", "5/a", "5/c/d", "e"})
    {
        store->write(key, "text");
    }
    EXPECT_EQ(store->list("5"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(store->list(""), std::vector<std::string>{"e"});
    EXPECT_TRUE(store->list("6").empty());
}

TEST_F(LocalStoreTest, RemoveTellsWhetherThereWasAnything)
{
    const auto store = open_store(m_root);
    store->write("5/b", "text");
    EXPECT_TRUE(store->remove("5/b"));
    EXPECT_FALSE(store->remove("5/b"));
    EXPECT_FALSE(fs::exists(m_root + "/5/b"));
}

TEST_F(LocalStoreTest, StampsTellOneStateFromAnother)
{
    const auto store = open_store(m_root);
    EXPECT_FALSE(store->stamp("a"));
    store->write("a", "old");
    const auto old = store->stamp("a");
    ASSERT_TRUE(old);
    EXPECT_EQ(*store->stamp("a"), *old);
    store->write("a", "new"); // another inode, be the clock as coarse as it may
    EXPECT_NE(*store->stamp("a"), *old);
}

TEST_F(LocalStoreTest, ContentsOfOneSizeThatFollowAtOnceHaveStampsOfTheirOwn)
{
    const auto store = open_store(m_root);
    std::set<std::string> stamps;
    for (int i = 0; i < 1000; ++i)
    {
        store->write("a", std::to_string(1000 + i)); // inodes come again within a tick of the clock
        stamps.insert(store->stamp("a")->text);
    }
    EXPECT_EQ(stamps.size(), 1000u);
}

TEST_F(LocalStoreTest, ReadsContentAndItsStamp)
{
    const auto store = open_store(m_root);
    EXPECT_FALSE(store->read_stamped("a"));
    store->write("a", "old");
    const auto object = store->read_stamped("a");
    ASSERT_TRUE(object);
    EXPECT_EQ(std::string(object->bytes.begin(), object->bytes.end()), "old");
    EXPECT_EQ(object->stamp, *store->stamp("a"));
}

TEST_F(LocalStoreTest, WritesOnlyOverTheStateThatWasSeen)
{
    const auto store = open_store(m_root);
    EXPECT_TRUE(store->write_if("5/a", "first", std::nullopt));
    EXPECT_FALSE(store->write_if("5/a", "second", std::nullopt));
    const auto first = store->stamp("5/a");
    EXPECT_TRUE(store->write_if("5/a", "third", first));
    EXPECT_FALSE(store->write_if("5/a", "fourth", first));
    EXPECT_EQ(store->read_text("5/a"), "third");
    ASSERT_TRUE(store->remove("5/a"));
    EXPECT_FALSE(store->write_if("5/a", "fifth", first));
    EXPECT_FALSE(store->read("5/a"));
    EXPECT_EQ(temporary_files(), 0u);
}

TEST_F(LocalStoreTest, DeletesOnlyTheStateThatWasSeen)
{
    const auto store = open_store(m_root);
    EXPECT_TRUE(store->remove_if("a", std::nullopt));
    store->write("a", "old");
    const auto old = store->stamp("a");
    store->write("a", "new");
    EXPECT_FALSE(store->remove_if("a", old));
    EXPECT_FALSE(store->remove_if("a", std::nullopt));
    EXPECT_EQ(store->read_text("a"), "new");
    EXPECT_TRUE(store->remove_if("a", store->stamp("a")));
    EXPECT_FALSE(store->read("a"));
    EXPECT_FALSE(store->remove_if("a", old));
}

TEST_F(LocalStoreTest, WhoHoldsAKeysLockMayWriteItAndOthersWait)
{
    const auto store = open_store(m_root);
    auto lock = store->lock("a");
    ASSERT_TRUE(lock);
    EXPECT_TRUE(store->write_if("a", "mine", std::nullopt));
    OtherThread other([&] { return open_store(m_root)->write_if("a", "theirs", store->stamp("a")); });
    EXPECT_TRUE(other.waits());
    EXPECT_TRUE(store->remove_if("a", store->stamp("a")));
    lock.reset();
    EXPECT_FALSE(other.get()) << "it was deleted before";
}

TEST_F(LocalStoreTest, AWholeObjectReplacesAnotherOnlyUnderItsLock)
{
    const auto store = open_store(m_root);
    store->write("a", "old");
    store->write("a", "new");
    const auto others = open_store(m_root);
    auto lock = others->lock("a");
    const auto seen = others->stamp("a");
    OtherThread other(
        [&]
        {
            store->sync();
            return true;
        });
    EXPECT_TRUE(other.waits());
    EXPECT_EQ(others->stamp("a"), seen);
    lock.reset();
    EXPECT_TRUE(other.get());
    EXPECT_EQ(others->read_text("a"), "new");
}

TEST_F(LocalStoreTest, OfProcessesAndThreadsThatAddToOneObjectNoneIsLost)
{
    constexpr int kProcesses = 4;
    constexpr int kThreads = 2;
    constexpr int kTimes = 50;
    const auto add = [this]
    {
        const auto store = open_store(m_root);
        for (int done = 0; done < kTimes;)
        {
            const auto object = store->read_stamped("n");
            const int number = object ? std::stoi(std::string(object->bytes.begin(), object->bytes.end())) : 0;
            const auto before = object ? std::optional(object->stamp) : std::nullopt;
            done += store->write_if("n", std::to_string(number + 1), before) ? 1 : 0;
        }
    };
    std::vector<pid_t> children;
    for (int i = 0; i < kProcesses; ++i)
    {
        children.push_back(fork());
        if (children.back() == 0)
        {
            std::thread other(add);
            add();
            other.join();
            _exit(0);
        }
    }
    for (const pid_t child : children)
    {
        int status = 0;
        waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(open_store(m_root)->read_text("n"), std::to_string(kProcesses * kThreads * kTimes));
    EXPECT_EQ(temporary_files(), 0u);
}

TEST_F(LocalStoreTest, AgeIsByTheFileSystemsClock)
{
    const auto store = open_store(m_root);
    EXPECT_FALSE(store->age("a"));
    EXPECT_FALSE(fs::exists(m_root));
    store->write("a", "text");
    EXPECT_LT(store->age("a")->count(), 60);
    fs::last_write_time(m_root + "/a", std::time(nullptr) - 1000);
    EXPECT_NEAR(store->age("a")->count(), 1000, 60);
    fs::last_write_time(m_root + "/a", std::time(nullptr) + 1000);
    EXPECT_EQ(store->age("a")->count(), 0);
    EXPECT_EQ(temporary_files(), 0u);
}

TEST_F(LocalStoreTest, AFolderInPlaceOfAFileIsAnErrorOfThatTile)
{
    const auto store = open_store(m_root);
    store->write("5/b/c", "text");
    const std::string message = message_of<TileError>([&] { store->write("5/b", "text"); });
    EXPECT_EQ(message.find(m_root + "/5/b: cannot write: Is a directory"), 0u) << message;
    EXPECT_THROW(store->read("5/b"), TileError);
    EXPECT_THROW(store->remove("5/b"), TileError);
    EXPECT_EQ(temporary_files(), 0u);
}

TEST_F(LocalStoreTest, AFileInPlaceOfAFolderIsAnErrorOfThatTile)
{
    const auto store = open_store(m_root);
    store->write("5/b", "text");
    EXPECT_THROW(store->write("5/b/c", "text"), TileError);
    EXPECT_FALSE(store->read("5/b/c"));
    EXPECT_EQ(temporary_files(), 0u);
}

TEST_F(LocalStoreTest, APipeIsNotWaitedFor)
{
    const auto store = open_store(m_root);
    fs::create_directories(m_root);
    ASSERT_EQ(mkfifo((m_root + "/pipe").c_str(), 0666), 0);
    EXPECT_THROW(store->read("pipe"), TileError);
}

TEST_F(LocalStoreTest, AFileInPlaceOfTheRootIsAnErrorOfTheStore)
{
    std::ofstream(m_root) << "text";
    const auto store = open_store(m_root);
    const std::string message = message_of<StoreError>([&] { store->write("5/b", "text"); });
    EXPECT_NE(message.find("Not a directory; every part of the path before the last must be a folder"),
              std::string::npos)
        << message;
}

TEST_F(LocalStoreTest, NoPermissionIsAnErrorOfTheStore)
{
    fs::create_directories(m_root);
    fs::permissions(m_root, fs::owner_read | fs::owner_exe);
    const uid_t user = geteuid();
    ASSERT_EQ(seteuid(user == 0 ? 65534 : user), 0); // root may write everywhere
    const std::string message = message_of<StoreError>([&] { open_store(m_root)->write("5/b", "text"); });
    ASSERT_EQ(seteuid(user), 0);
    EXPECT_NE(message.find("Permission denied; this user needs write permission"), std::string::npos) << message;
    fs::permissions(m_root, fs::owner_all);
}

TEST_F(LocalStoreTest, AWriteThatFailsHalfwayLeavesTheOldContentAndNoTemporaryFile)
{
    const auto store = open_store(m_root);
    store->write("a", "old");
    rlimit before = {};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small = {4096, before.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    const std::string message = message_of<TileError>([&] { store->write("a", std::string(10000, 'x')); });
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    EXPECT_EQ(message, m_root + "/a: cannot write: File too large");
    EXPECT_EQ(store->read_text("a"), "old");
    EXPECT_EQ(temporary_files(), 0u);
}

TEST_F(LocalStoreOnSmallDiskTest, AFullDiskIsAnErrorOfTheStoreAndLeavesTheOldContent)
{
    const auto store = open_store(m_root);
    store->write("a", "old");
    const std::string message = message_of<StoreError>([&] { store->write("a", std::string(200000, 'x')); });
    EXPECT_EQ(message, m_root + "/a: cannot write: No space left on device; free some space or choose another output "
                                "folder");
    EXPECT_EQ(store->read_text("a"), "old");
    EXPECT_EQ(temporary_files(), 0u);
}

TEST_F(LocalStoreOnSmallDiskTest, AReadOnlyFileSystemIsAnErrorOfTheStore)
{
    open_store(m_root)->write("a", "old");
    ASSERT_EQ(mount("none", m_root.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr), 0);
    const auto store = open_store(m_root);
    EXPECT_EQ(store->read_text("a"), "old");
    const std::string message = message_of<StoreError>([&] { store->write("a", "new"); });
    EXPECT_EQ(message, m_root + "/a: cannot write: Read-only file system; choose an output folder on a writable file "
                                "system");
    EXPECT_THROW(store->remove("a"), StoreError);
}

TEST_F(LocalStoreTest, ReadersSeeOneContentOrTheOtherWhileItIsWritten)
{
    const auto store = open_store(m_root);
    const std::string contents[] = {std::string(100000, 'a'), std::string(50000, 'b')};
    store->write("t", contents[0]);
    std::atomic<bool> done{false};
    std::thread writer(
        [&]
        {
            for (int i = 0; i < 50; ++i)
            {
                store->write("t", contents[i % 2]);
                store->sync();
            }
            done = true;
        });
    int strange = 0;
    const auto reader = open_store(m_root);
    while (!done)
    {
        const auto text = reader->read_text("t");
        strange += text == contents[0] || text == contents[1] ? 0 : 1;
    }
    writer.join();
    EXPECT_EQ(strange, 0);
    EXPECT_EQ(temporary_files(), 0u);
}

class LocalStoreSyncTest : public LocalStoreTest, public testing::WithParamInterface<LocalStore::Durability>
{
};

TEST_P(LocalStoreSyncTest, SyncsBesideWritersAndRemovers)
{
    LocalStore store(m_root, GetParam());
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t)
    {
        threads.emplace_back(
            [&store, t]
            {
                for (int i = 0; i < 50; ++i)
                {
                    const std::string key = std::to_string(t) + '/' + std::to_string(i);
                    store.write(key, std::string("text"));
                    if (i % 3 == 0)
                    {
                        store.remove(key);
                    }
                    if (i % 10 == 0)
                    {
                        store.sync();
                    }
                }
            });
    }
    for (std::thread &thread : threads)
    {
        thread.join();
    }
    EXPECT_NO_THROW(store.sync());
    EXPECT_EQ(store.list("3").size(), 33u);
}

INSTANTIATE_TEST_SUITE_P(BothWays, LocalStoreSyncTest,
                         testing::Values(LocalStore::Durability::WholeFileSystem, LocalStore::Durability::EachFile));

} // namespace

} // namespace tiledir::store
