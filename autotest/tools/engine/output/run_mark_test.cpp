#include "tools/engine/output/run_mark.h"

#include "driver/store/opening/open_store.h"
#include "stac/error.h"

#include <gtest/gtest.h>

using namespace tiledir;
using engine::RunMark;

namespace
{

class RunMarkTest : public testing::Test
{
protected:
    void SetUp() override
    {
        for (const auto &name : m_store->list(".tiledir/intents"))
        {
            m_store->remove(".tiledir/intents/" + name);
        }
    }

    const stac::TileSet m_tiles{stac::TileRange{0, 3, 0, 3}};
    const std::unique_ptr<store::Store> m_store = store::open_store("/vsimem/run_mark");
};

} // namespace

TEST_F(RunMarkTest, ARunOfAnotherRecipeGivesWay)
{
    RunMark first(*m_store, "one recipe");
    first.give_way();
    first.announce("5", m_tiles);
    RunMark second(*m_store, "another recipe");
    EXPECT_THROW(second.give_way(), InputError);
    EXPECT_THROW(second.announce("5", m_tiles), InputError);
    EXPECT_TRUE(first.is_alone()) << "what gives way leaves nothing";
    first.give_way();
    first.finish();
    second.give_way();
    second.announce("5", m_tiles);
    second.finish();
    EXPECT_TRUE(m_store->list(".tiledir/intents").empty());
}

TEST_F(RunMarkTest, RunsOfTheSameRecipeGoSideBySide)
{
    RunMark first(*m_store, "one recipe");
    RunMark second(*m_store, "one recipe");
    first.announce("5", m_tiles);
    second.announce("5", m_tiles);
    EXPECT_FALSE(first.is_alone());
    EXPECT_FALSE(second.is_alone());
    first.finish();
    EXPECT_TRUE(second.is_alone());
    second.finish();
}

TEST_F(RunMarkTest, OneThatHasEndedBeforeItWasDoneIsSeenUntilItIsForgotten)
{
    {
        RunMark stopped(*m_store, "one recipe");
        stopped.announce("5", m_tiles);
    }
    ASSERT_EQ(journal::Intent::adoptable(*m_store).size(), 1U);
    const RunMark next(*m_store, "another recipe");
    next.give_way();
    EXPECT_TRUE(next.is_alone());
    next.forget(next.others().ended);
    EXPECT_TRUE(journal::Intent::all(*m_store).empty());
}

TEST_F(RunMarkTest, WritersThatAreNoRunsAreNotInTheWay)
{
    journal::Intent writer(*m_store);
    writer.add("5", m_tiles);
    RunMark run(*m_store, "one recipe");
    run.announce("5", m_tiles);
    EXPECT_TRUE(run.is_alone());
    run.finish();
    run.forget(run.others().ended);
    EXPECT_EQ(journal::Intent::all(*m_store).size(), 1U);
    writer.finish();
}
