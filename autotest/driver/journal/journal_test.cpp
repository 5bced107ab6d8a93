#include "driver/journal/journal.h"

#include "driver/store/opening/open_store.h"
#include "stac/error.h"

#include <boost/filesystem.hpp>
#include <gtest/gtest.h>

using namespace tiledir;
using namespace tiledir::journal;

namespace
{

class JournalTest : public testing::Test
{
protected:
    void TearDown() override { boost::filesystem::remove_all(m_folder); }

    Journal open() { return Journal(*m_store, m_grid); }

    const boost::filesystem::path m_folder =
        boost::filesystem::temp_directory_path() / boost::filesystem::unique_path("tiledir-%%%%%%%%");
    const stac::TileMatrixSet m_grid = *stac::TileMatrixSet::well_known("WebMercatorQuad");
    const std::unique_ptr<store::Store> m_store = store::open_store(m_folder.string());
};

} // namespace

TEST_F(JournalTest, OfAnOutputThatIsNotThereIsEmpty)
{
    const Journal journal(*m_store, m_grid);
    EXPECT_TRUE(journal.before().all().empty());
    EXPECT_FALSE(boost::filesystem::exists(m_folder));
}

TEST_F(JournalTest, RemembersWhatIsStoredAndWhatIsEmpty)
{
    {
        Journal journal(*m_store, m_grid);
        journal.add({11, 803, 541}, true);
        journal.add({11, 803, 542}, false);
        journal.flush();
    }
    const Journal journal(*m_store, m_grid);
    EXPECT_TRUE(journal.before().stored.at(11).contains(803, 541));
    EXPECT_FALSE(journal.before().stored.at(11).contains(803, 542));
    EXPECT_TRUE(journal.before().empty.at(11).contains(803, 542));
    EXPECT_EQ(journal.before().all().at(11).count(), 2);
}

TEST_F(JournalTest, ForgetsWhatALaterRunIsToMakeAgain)
{
    {
        Journal journal(*m_store, m_grid);
        journal.add({5, 1, 1}, true);
        journal.add({5, 1, 2}, true);
        journal.flush();
    }
    {
        Journal journal(*m_store, m_grid);
        stac::TileSet again;
        again.insert(1, 2, 2);
        journal.redo({{5, again}});
        EXPECT_FALSE(journal.before().stored.at(5).contains(1, 2));
    }
    {
        const Journal journal(*m_store, m_grid);
        EXPECT_TRUE(journal.before().stored.at(5).contains(1, 1));
        EXPECT_FALSE(journal.before().stored.at(5).contains(1, 2));
    }
    {
        Journal journal(*m_store, m_grid);
        journal.add({5, 1, 2}, false);
        journal.flush();
    }
    const Journal journal(*m_store, m_grid);
    EXPECT_TRUE(journal.before().empty.at(5).contains(1, 2));
}

TEST_F(JournalTest, SaysTheSameOnceItsFilesAreOne)
{
    for (int run = 0; run < 20; ++run)
    {
        Journal journal(*m_store, m_grid);
        journal.add({7, run, 3}, run % 3 != 0);
        journal.flush();
    }
    Journal before(*m_store, m_grid);
    ASSERT_EQ(before.files(), 20U);
    before.compact();
    const Journal after(*m_store, m_grid);
    EXPECT_EQ(after.files(), 1U);
    EXPECT_EQ(after.before().stored.at(7).count(), 13);
    EXPECT_EQ(after.before().empty.at(7).count(), 7);
}

TEST_F(JournalTest, NamesAFileThatItDoesNotUnderstand)
{
    m_store->write(".tiledir/journal/00000001-1done-x-000001", std::string("tiledir journal 1\nstored 99 1 1 1\n"));
    try
    {
        open();
        FAIL() << "a matrix that the grid has not was taken";
    }
    catch (const TileError &error)
    {
        EXPECT_NE(std::string(error.what()).find("00000001-1done-x-000001"), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("'99'"), std::string::npos) << error.what();
    }
}
