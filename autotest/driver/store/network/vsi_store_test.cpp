#include "autotest/driver/store/object_server.h"
#include "driver/store/opening/open_store.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>

#include <gtest/gtest.h>

namespace tiledir::store
{

namespace
{

class VsiStoreTest : public testing::Test
{
protected:
    ~VsiStoreTest() override { VSIRmdirRecursive("/vsimem/store_test"); }
    std::unique_ptr<Store> m_store = open_store("/vsimem/store_test/");
};

} // namespace

TEST_F(VsiStoreTest, WritesReadsStampsListsAndDeletes)
{
    EXPECT_FALSE(m_store->read("5/1/2.tif"));
    EXPECT_FALSE(m_store->stamp("5/1/2.tif"));
    EXPECT_FALSE(m_store->remove("5/1/2.tif"));
    m_store->write("5/1/2.tif", "content");
    m_store->write("5/1/1.tif", "content");
    m_store->write("5/1/0/0.tif", "content");
    EXPECT_EQ(m_store->path("5/1/2.tif"), "/vsimem/store_test/5/1/2.tif");
    EXPECT_EQ(m_store->read_text("5/1/2.tif"), "content");
    const auto stamp = m_store->stamp("5/1/2.tif");
    ASSERT_TRUE(stamp);
    m_store->write("5/1/2.tif", "longer content");
    EXPECT_NE(*m_store->stamp("5/1/2.tif"), *stamp);
    EXPECT_EQ(m_store->list("5/1"), (std::vector<std::string>{"1.tif", "2.tif"}));
    EXPECT_TRUE(m_store->list("6").empty());
    EXPECT_TRUE(m_store->remove("5/1/2.tif"));
    EXPECT_FALSE(m_store->read("5/1/2.tif"));
    EXPECT_NO_THROW(m_store->sync());
}

/// As who deletes, copies or replaces a dataset finds its tiles.
TEST_F(VsiStoreTest, WhatIsWrittenIsFoundByListingItsFolders)
{
    m_store->write("5/1/2.tif", "content");
    const CPLStringList names(VSIReadDirRecursive("/vsimem/store_test"));
    EXPECT_GE(names.FindString("5/1/2.tif"), 0);
}

TEST_F(VsiStoreTest, AReaderKeepsTheContentThatItOpened)
{
    m_store->write("a", "first");
    VSILFILE *file = VSIFOpenL("/vsimem/store_test/a", "rb");
    m_store->write("a", "other content");
    char text[6] = "";
    EXPECT_EQ(VSIFReadL(text, 1, 5, file), 5u);
    EXPECT_STREQ(text, "first");
    VSIFCloseL(file);
}

TEST_F(VsiStoreTest, WritingWhereGdalOnlyReadsIsAnErrorOfTheStore)
{
    EXPECT_THROW(open_store("/vsicurl/http://127.0.0.1:1/out")->write("a", "text"), StoreError);
}

TEST_F(VsiStoreTest, MembersThatAnArchiveLacksAreAbsent)
{
    void *archive = CPLCreateZip("/vsimem/store_test/tiles.zip", nullptr);
    ASSERT_EQ(CPLCreateFileInZip(archive, "5/1.tif", nullptr), CE_None);
    ASSERT_EQ(CPLWriteFileInZip(archive, "content", 7), CE_None);
    CPLCloseFileInZip(archive);
    CPLCloseZip(archive);
    const auto store = open_store("/vsizip//vsimem/store_test/tiles.zip");
    EXPECT_EQ(store->read_text("5/1.tif"), "content");
    EXPECT_FALSE(store->read("5/2.tif"));
    EXPECT_FALSE(store->stamp("5/2.tif"));
}

TEST_F(VsiStoreTest, AnUnreadableArchiveIsAnErrorAndNotAbsence)
{
    m_store->write("broken.zip", "this is no archive");
    const auto store = open_store("/vsizip//vsimem/store_test/broken.zip");
    EXPECT_THROW(store->read("5/1.tif"), Error);
    EXPECT_THROW(store->stamp("5/1.tif"), Error);
}

TEST_F(VsiStoreTest, WritesAndDeletesOnlyOverTheStateThatWasSeen)
{
    EXPECT_TRUE(m_store->write_if("a", "first", std::nullopt));
    EXPECT_FALSE(m_store->write_if("a", "second", std::nullopt));
    const auto object = m_store->read_stamped("a");
    ASSERT_TRUE(object);
    EXPECT_EQ(object->stamp, *m_store->stamp("a"));
    EXPECT_TRUE(m_store->write_if("a", "longer content", object->stamp));
    EXPECT_FALSE(m_store->remove_if("a", object->stamp));
    EXPECT_EQ(m_store->read_text("a"), "longer content");
    EXPECT_LT(m_store->age("a")->count(), 60);
    EXPECT_TRUE(m_store->remove_if("a", m_store->stamp("a")));
    EXPECT_TRUE(m_store->remove_if("a", std::nullopt));
    EXPECT_FALSE(m_store->read_stamped("a"));
    EXPECT_FALSE(m_store->age("a"));
    EXPECT_EQ(m_store->lock("a"), nullptr);
}

/// Plain HTTP, which is only read.
class VsiStoreOverHttpTest : public testing::Test
{
protected:
    VsiStoreOverHttpTest() { CPLSetConfigOption("GDAL_HTTP_RETRY_DELAY", "0.001"); }
    ~VsiStoreOverHttpTest() override { CPLSetConfigOption("GDAL_HTTP_RETRY_DELAY", nullptr); }
    void SetUp() override { ASSERT_TRUE(m_server.ready()); }

    ObjectServer m_server;
    std::string m_root = "/vsicurl/http://" + m_server.address();
    std::unique_ptr<Store> m_store = open_store(m_root);
};

TEST_F(VsiStoreOverHttpTest, Only404IsAbsent)
{
    m_server.put("/a", "content");
    EXPECT_EQ(m_store->read_text("a"), "content");
    EXPECT_EQ(m_store->stamp("a")->text, "\"1\"");
    m_server.always({404});
    EXPECT_FALSE(m_store->read("a"));
    EXPECT_FALSE(m_store->stamp("a"));
    for (const int status : {400, 401, 403, 410, 500, 503})
    {
        m_server.always({status});
        EXPECT_THROW(m_store->read("a"), Error) << status;
        EXPECT_THROW(m_store->stamp("a"), Error) << status;
    }
    m_server.always({});
    EXPECT_FALSE(m_store->read("b"));
    m_server.put("/b", "content");
    EXPECT_EQ(m_store->read_text("b"), "content") << "it appeared since";
}

TEST_F(VsiStoreOverHttpTest, ATruncatedAnswerIsAnErrorThatNamesThePath)
{
    m_server.put("/a", "content");
    m_server.always({0, false, true});
    try
    {
        m_store->read("a");
        FAIL() << "no error";
    }
    catch (const TileError &error)
    {
        EXPECT_EQ(std::string(error.what()).find(m_root + "/a: cannot read: "), 0u) << error.what();
    }
}

TEST_F(VsiStoreOverHttpTest, WhereOnlyGdalCanReadTheSameHolds)
{
    const auto store = open_store("/vsicurl?max_retry=0&url=http%3A%2F%2F" + m_server.address());
    m_server.put("/a", "content");
    EXPECT_EQ(store->read_text("a"), "content");
    EXPECT_EQ(store->read_stamped("a")->stamp.text, "\"1\"");
    m_server.always({404});
    EXPECT_FALSE(store->read("a")) << "GDAL's caches know it from before";
    EXPECT_FALSE(store->stamp("a"));
    m_server.always({403});
    EXPECT_THROW(store->read("a"), Error);
    EXPECT_THROW(store->stamp("a"), Error);
}

TEST_F(VsiStoreOverHttpTest, ARefusedConnectionIsAnErrorAndGdalsLastErrorStays)
{
    CPLErrorReset();
    const auto store = open_store("/vsicurl/http://127.0.0.1:1");
    EXPECT_THROW(store->read("a"), StoreError);
    EXPECT_EQ(CPLGetLastErrorType(), CE_None);
}

} // namespace tiledir::store
