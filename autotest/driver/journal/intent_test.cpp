#include "driver/journal/intent.h"

#include "driver/journal/process_name.h"
#include "driver/store/opening/open_store.h"
#include "stac/error.h"

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <boost/filesystem.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <ctime>
#include <limits>
#include <memory>
#include <thread>
#include <utility>

namespace tiledir::journal
{

namespace fs = boost::filesystem;

namespace
{

using stac::TileRange;
using stac::TileSet;
using store::Seconds;
using store::Store;

constexpr const char *kFolder = ".tiledir/intents";

std::string host_name()
{
    std::array<char, 64> host{};
    gethostname(host.data(), host.size() - 1);
    return host.data();
}

class IntentTest : public testing::Test
{
protected:
    ~IntentTest() override { fs::remove_all(m_folder); }

    std::vector<std::string> keys() const
    {
        std::vector<std::string> keys;
        for (const std::string &name : m_store->list(kFolder))
        {
            keys.push_back(std::string(kFolder) + '/' + name);
        }
        return keys;
    }
    nlohmann::json only() const { return nlohmann::json::parse(m_store->read_text(keys().at(0)).value()); }
    void make_old(const std::string &key) const { fs::last_write_time(m_store->path(key), std::time(nullptr) - 301); }
    /// As a writer of another machine leaves it.
    std::string leave(const std::string &text) const
    {
        std::string key = std::string(kFolder) + "/elsewhere-1-2.json";
        m_store->write(key, text);
        return key;
    }
    void leave_of(int process, const std::string &host) const
    {
        nlohmann::json json = {{"version", 1}, {"host", host},      {"pid", process},
                               {"since", "t"}, {"released", false}, {"tiles", {{"5", {{1, 2, 3, 4}}}}}};
        leave(json.dump());
    }

    fs::path m_folder = fs::temp_directory_path() / fs::unique_path("tiledir intents %%%%%%%%");
    std::unique_ptr<Store> m_store = store::open_store(m_folder.string());
};

} // namespace

TEST_F(IntentTest, WhatCouldNotBeToldIsToldByTheNextAttempt)
{
    m_store->write(kFolder, "a file in the folder's place");
    Intent intent(*m_store);
    EXPECT_THROW(intent.add("5", TileSet(TileRange{1, 2, 3, 4})), Error);
    m_store->remove(kFolder);
    intent.add("5", TileSet(TileRange{1, 2, 3, 4}));
    EXPECT_EQ(only()["tiles"]["5"], nlohmann::json::parse("[[1, 2, 3, 4]]"));
    intent.finish();
    EXPECT_TRUE(keys().empty());
}

TEST_F(IntentTest, SaysWhoWritesWhatAndIsGoneWhenFinished)
{
    Intent intent(*m_store);
    EXPECT_TRUE(keys().empty());
    intent.add("5", TileSet({1, 2, 3, 4}));
    const auto json = only();
    EXPECT_EQ(json["host"], host_name());
    EXPECT_EQ(json["pid"], getpid());
    EXPECT_EQ(json["released"], false);
    EXPECT_EQ(json["tiles"], nlohmann::json::parse(R"({"5": [[1, 2, 3, 4]]})"));
    EXPECT_EQ(keys().at(0).find(std::string(kFolder) + '/' + host_name() + '-' + std::to_string(getpid()) + '-'), 0u);
    EXPECT_TRUE(Intent::adoptable(*m_store).empty()) << "it lives";
    intent.finish();
    EXPECT_TRUE(keys().empty());
}

TEST_F(IntentTest, OneThatToldNoTileLeavesNothing)
{
    Intent(*m_store).finish();
    Intent(*m_store).release();
    Intent(*m_store).add("5", TileSet());
    EXPECT_FALSE(fs::exists(m_folder));
}

TEST_F(IntentTest, IsWrittenAgainOnlyForTilesThatWereNotTold)
{
    Intent intent(*m_store);
    intent.add("5", TileSet({0, 9, 0, 9}));
    const auto before = m_store->stamp(keys().at(0));
    intent.add("5", TileSet({3, 4, 5, 9}));
    EXPECT_EQ(m_store->stamp(keys().at(0)), before);
    intent.add("5", TileSet({8, 20, 0, 9}));
    intent.add("6", TileSet({7, 7, 8, 8}));
    EXPECT_EQ(only()["tiles"], nlohmann::json::parse(R"({"5": [[0, 20, 0, 9]], "6": [[7, 7, 8, 8]]})"));
}

TEST_F(IntentTest, TellsTilesOfAnyShape)
{
    TileSet tiles({1, 3, 1, 4});
    tiles.insert(TileSet({2, 5, 10, 12}));
    tiles.insert(TileSet({7, 7, 1, 4}));
    Intent intent(*m_store);
    intent.add("5", tiles);
    EXPECT_EQ(only()["tiles"], nlohmann::json::parse(R"({"5": [[1, 3, 1, 4], [2, 5, 10, 12], [7, 7, 1, 4]]})"));
}

TEST_F(IntentTest, StaysSmallAndStillTellsAllTiles)
{
    TileSet tiles;
    for (int i = 0; i < 5000; ++i)
    {
        tiles.insert(TileSet({3 * i, 3 * i, 5 * i, 5 * i})); // no two in a block of 2 x 2
    }
    Intent(*m_store).add("9", tiles);
    const auto found = Intent::adoptable(*m_store);
    ASSERT_EQ(found.size(), 1u);
    const auto &told = found[0].tiles->at("9");
    EXPECT_LE(told.size(), 4000u);
    TileSet all;
    for (const TileRange &range : told)
    {
        all.insert(TileSet(range));
    }
    EXPECT_TRUE(all.contains(tiles));
    EXPECT_LE(all.count(), 4 * 4 * tiles.count()) << "in larger blocks than it takes";
}

TEST_F(IntentTest, OneThatIsReleasedIsFoundAtOnceWithItsTiles)
{
    {
        Intent intent(*m_store);
        intent.add("5", TileSet({1, 2, 3, 4}));
        intent.release();
        intent.release();
    }
    Intent(*m_store).add("6", TileSet({1, 1, 1, 1})); // neither finished nor released
    auto found = Intent::adoptable(*m_store);
    ASSERT_EQ(found.size(), 2u);
    if (found[0].tiles->count("5") == 0)
    {
        std::swap(found[0], found[1]);
    }
    EXPECT_EQ(*found[0].tiles, (FoundIntent::Tiles{{"5", {{1, 2, 3, 4}}}}));
    EXPECT_EQ(*found[1].tiles, (FoundIntent::Tiles{{"6", {{1, 1, 1, 1}}}}));
    EXPECT_EQ(found[0].who.find(host_name() + " process " + std::to_string(getpid()) + " since 2"), 0u) << found[0].who;
    for (const FoundIntent &intent : found)
    {
        Intent::forget(*m_store, intent);
    }
    EXPECT_TRUE(keys().empty());
}

TEST_F(IntentTest, OneOfAKilledProcessIsFoundAtOnce)
{
    const pid_t child = fork();
    if (child == 0)
    {
        Intent intent(*m_store);
        intent.add("5", TileSet({1, 2, 3, 4}));
        kill(getpid(), SIGKILL);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    const auto found = Intent::adoptable(*m_store);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(*found[0].tiles, (FoundIntent::Tiles{{"5", {{1, 2, 3, 4}}}}));
}

TEST_F(IntentTest, OneOfAnotherMachineIsFoundWhenItIsOld)
{
    leave_of(getpid(), "elsewhere");
    EXPECT_TRUE(Intent::adoptable(*m_store).empty());
    EXPECT_EQ(Intent::adoptable(*m_store, Seconds(0)).size(), 1u);
    make_old(keys().at(0));
    EXPECT_EQ(Intent::adoptable(*m_store).size(), 1u);
}

TEST_F(IntentTest, OneThatLivesIsWrittenAgainAndAgain)
{
    Intent intent(*m_store, std::chrono::milliseconds(1));
    intent.add("5", TileSet({1, 2, 3, 4}));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (only()["writes"] < 5 && std::chrono::steady_clock::now() < deadline)
    {
        std::this_thread::yield();
    }
    EXPECT_GE(only()["writes"], 5);
    EXPECT_EQ(only()["tiles"], nlohmann::json::parse(R"({"5": [[1, 2, 3, 4]]})"));
}

TEST_F(IntentTest, OneThatItsWriterHasWrittenSinceIsNotDeleted)
{
    Intent intent(*m_store);
    intent.add("5", TileSet({1, 2, 3, 4}));
    const auto found = Intent::all(*m_store);
    ASSERT_EQ(found.size(), 1u);
    intent.add("6", TileSet({1, 2, 3, 4}));
    Intent::forget(*m_store, found[0]);
    EXPECT_EQ(keys().size(), 1u);
    EXPECT_TRUE(Intent::adoptable(*m_store).empty());
}

TEST_F(IntentTest, OneWhoseWriterStandsStillForHoursLivesAsLongAsItsLock)
{
    auto intent = std::make_unique<Intent>(*m_store);
    intent->add("5", TileSet({1, 2, 3, 4}));
    make_old(keys().at(0));
    EXPECT_EQ(Intent::living(*m_store).size(), 1u);
    EXPECT_TRUE(Intent::adoptable(*m_store).empty());
    intent->release();
    EXPECT_EQ(Intent::adoptable(*m_store).size(), 1u);
}

TEST_F(IntentTest, HostNameAndProcessIdDoNotTellWhoLives)
{
    leave_of(getpid(), host_name()); // of a container of the same name, say
    EXPECT_EQ(Intent::living(*m_store).size(), 1u);
    leave_of(std::numeric_limits<int>::max(), host_name());
    EXPECT_EQ(Intent::living(*m_store).size(), 1u) << "no such process here, perhaps there";
    make_old(keys().at(0));
    EXPECT_EQ(Intent::adoptable(*m_store).size(), 1u);
}

TEST_F(IntentTest, AProcessOfThisKernelAndNamespaceIsKnownToBeGone)
{
    const auto leave_of_process = [&](const std::string &name)
    {
        leave(nlohmann::json{{"version", 1},
                             {"host", "h"},
                             {"pid", 1},
                             {"since", "t"},
                             {"released", false},
                             {"process", name},
                             {"tiles", nlohmann::json::object()}}
                  .dump());
        return Intent::adoptable(*m_store).size() == 1;
    };
    const std::string own = own_process_name();
    ASSERT_FALSE(own.empty());
    EXPECT_FALSE(leave_of_process(own));
    EXPECT_TRUE(leave_of_process(own + "1")) << "another process of the same id";
    EXPECT_FALSE(leave_of_process("x" + own + "1")) << "of another boot";
    EXPECT_FALSE(leave_of_process("")) << "who knows";
}

TEST_F(IntentTest, OneWithAnIdThatNobodyHasLockedIsOfADeadWriter)
{
    leave(R"({"version": 1, "id": "0123456789abcdef0123456789abcdef", "locked": true, "host": "h", "pid": 1,
              "since": "t", "released": false, "tiles": {}})");
    EXPECT_EQ(Intent::adoptable(*m_store).size(), 1u);
}

TEST_F(IntentTest, ARunInWhosePlaceAnotherGoesOnIsToldSoAndWritesItNoMore)
{
    Intent sleeper(*m_store, Intent::kInterval, "first");
    sleeper.add("5", TileSet({1, 2, 3, 4}));
    sleeper.check();
    Intent other(*m_store, Intent::kInterval, "second");
    other.add("5", TileSet({1, 2, 3, 4}));
    const auto found = Intent::all(*m_store, Intent::kDeadAfter, other.key());
    ASSERT_EQ(found.size(), 1u);
    EXPECT_TRUE(Intent::take(*m_store, found[0], other));
    EXPECT_THROW(sleeper.check(), StoreError);
    EXPECT_THROW(sleeper.renew(), StoreError);
    EXPECT_THROW(Intent::check(*m_store, sleeper.key(), sleeper.id()), StoreError);
    EXPECT_THROW(sleeper.finish(), StoreError);
    EXPECT_EQ(Intent::adoptable(*m_store).size(), 1u) << "its tiles are the other's to make";
    other.check();
    other.finish();
}

TEST_F(IntentTest, ARunThatHasWrittenItsIntentSinceIsNotTaken)
{
    Intent run(*m_store, Intent::kInterval, "first");
    run.add("5", TileSet({1, 2, 3, 4}));
    const auto found = Intent::all(*m_store);
    run.renew();
    Intent other(*m_store, Intent::kInterval, "second");
    EXPECT_FALSE(Intent::take(*m_store, found.at(0), other));
    run.check();
}

TEST_F(IntentTest, ARunWhoseIntentIsGoneIsToldSo)
{
    Intent run(*m_store, Intent::kInterval, "first");
    run.add("5", TileSet({1, 2, 3, 4}));
    m_store->remove(run.key());
    EXPECT_THROW(run.check(), StoreError);
    EXPECT_THROW(run.renew(), StoreError);
    EXPECT_TRUE(keys().empty()) << "it does not come back";
}

TEST_F(IntentTest, OneThatCannotBeReadMeansAnyTile)
{
    for (const char *text : {"", "{", "[]", R"({"version": 1, "host": "h", "pid": 1, "since": "t", "released": false})",
                             R"({"version": 1, "host": "h", "pid": 1, "since": "t", "released": true,
                                 "tiles": {"5": [[1, 2, 3]]}})"})
    {
        make_old(leave(text));
        const auto found = Intent::adoptable(*m_store);
        ASSERT_EQ(found.size(), 1u) << text;
        EXPECT_FALSE(found[0].tiles) << text;
        Intent::forget(*m_store, found[0]);
    }
}

TEST_F(IntentTest, OneOfANewerTiledirIsRefusedInOneLine)
{
    const std::string key = leave(R"({"version": 2})");
    try
    {
        Intent::adoptable(*m_store);
        FAIL() << "no error";
    }
    catch (const InputError &error)
    {
        EXPECT_EQ(error.what(), m_store->path(key) + ": is version 2, made by a newer tiledir; this one knows 1");
    }
}

TEST_F(IntentTest, FilesOfOthersAreLeftAlone)
{
    m_store->write(std::string(kFolder) + "/.nfs0001", "text");
    EXPECT_TRUE(Intent::adoptable(*m_store, Seconds(0)).empty());
}

} // namespace tiledir::journal
