#include "driver/item/open_options.h"

#include "stac/error.h"

#include <cpl_conv.h>
#include <cpl_minixml.h>
#include <cpl_multiproc.h>

#include <gtest/gtest.h>

#include <set>

namespace tiledir::driver
{

namespace
{

OpenOptions options_from(const std::vector<std::string> &given)
{
    CPLStringList list;
    for (const std::string &option : given)
    {
        list.AddString(option.c_str());
    }
    return OpenOptions::from(list.List());
}

std::string open_option_fault(const std::string &given)
{
    try
    {
        options_from({given});
    }
    catch (const InputError &error)
    {
        return error.what();
    }
    return "none";
}

} // namespace

TEST(OpenOptions, LeaveAllAsItIsWhereNoneIsGiven)
{
    const OpenOptions options = options_from({"OTHER_DRIVERS=1"});
    EXPECT_TRUE(options.level.empty());
    EXPECT_FALSE(options.whole_matrix);
    EXPECT_FALSE(options.bounds);
    EXPECT_FALSE(options.reading.missing_is_error);
    EXPECT_FALSE(options.reading.whole_tiles);
    EXPECT_EQ(options.reading.threads, CPLGetNumCPUs());
    EXPECT_EQ(options.part, "");
    EXPECT_EQ(options.refresh, Refresh::AtFlush);
    EXPECT_FALSE(options.allow_local);
}

TEST(OpenOptions, ExtentIsAWordOrFourNumbers)
{
    EXPECT_TRUE(options_from({"EXTENT=matrix"}).whole_matrix);
    EXPECT_FALSE(options_from({"EXTENT=limits"}).bounds);
    EXPECT_EQ(options_from({"EXTENT=-1.5, 2e1,3,40"}).bounds, (stac::Bounds{-1.5, 20, 3, 40}));
    for (const std::string text : {"1,2,3", "1,2,3,4,5", "1,2,3,x", "1,,3,4", "3,2,1,4", "1,2,3,nan", "WORLD"})
    {
        EXPECT_EQ(open_option_fault("EXTENT=" + text),
                  "open option EXTENT: is '" + text +
                      "', should be LIMITS, MATRIX or minx,miny,maxx,maxy in the grid's CRS");
    }
}

/// Statistics of each part are kept apart, by these words.
TEST(OpenOptions, LevelAndExtentNameThePart)
{
    EXPECT_EQ(options_from({"LEVEL=5"}).part, "LEVEL=5");
    EXPECT_EQ(options_from({"EXTENT=LIMITS"}).part, "");
    EXPECT_NE(options_from({"LEVEL=5", "EXTENT=0,0,1,1"}).part, options_from({"LEVEL=5", "EXTENT=0,0,1,2"}).part);
}

TEST(OpenOptions, AMissingTileIsAnErrorByEitherName)
{
    EXPECT_TRUE(options_from({"MISSING_TILES=error"}).reading.missing_is_error);
    EXPECT_TRUE(options_from({"SKIP_MISSING_METATILE=NO"}).reading.missing_is_error);
    EXPECT_FALSE(options_from({"SKIP_MISSING_METATILE=YES"}).reading.missing_is_error);
    EXPECT_FALSE(options_from({"SKIP_MISSING_METATILE=NO", "MISSING_TILES=NODATA"}).reading.missing_is_error);
    EXPECT_EQ(open_option_fault("MISSING_TILES=ZERO"),
              "open option MISSING_TILES: is 'ZERO', should be NODATA or ERROR");
}

TEST(OpenOptions, AbsentStatusesAreOnesThatMayMeanIt)
{
    EXPECT_EQ(options_from({"ABSENT_STATUS=204, 403"}).reading.store.absent_status, (std::set<long>{204, 403}));
    for (const std::string text : {"200", "500", "403;204", "forbidden"})
    {
        EXPECT_EQ(open_option_fault("ABSENT_STATUS=" + text),
                  "open option ABSENT_STATUS: is '" + text + "', should be HTTP statuses such as 403 or 204,403");
    }
}

TEST(OpenOptions, ThreadsAreANumberOrAllProcessors)
{
    EXPECT_EQ(threads_of("1"), 1);
    EXPECT_EQ(threads_of("1024"), 1024);
    EXPECT_EQ(threads_of("all_cpus"), CPLGetNumCPUs());
    for (const std::string text : {"0", "-1", "1025", "4x", "", "many"})
    {
        EXPECT_THROW(threads_of(text), InputError) << text;
    }
    EXPECT_EQ(open_option_fault("NUM_THREADS=0"), "NUM_THREADS: is '0', should be ALL_CPUS or a number from 1 to 1024");
    const CPLConfigOptionSetter three("GDAL_NUM_THREADS", "3", false);
    EXPECT_EQ(options_from({}).reading.threads, 3);
    EXPECT_EQ(options_from({"NUM_THREADS=5"}).reading.threads, 5);
}

TEST(OpenOptions, OverviewsAreMadeAgainWhenTheUserSays)
{
    EXPECT_EQ(options_from({"REFRESH=flush"}).refresh, Refresh::AtFlush);
    EXPECT_EQ(options_from({"REFRESH=Close"}).refresh, Refresh::AtClose);
    EXPECT_EQ(options_from({"REFRESH=NO"}).refresh, Refresh::Never);
    EXPECT_EQ(open_option_fault("REFRESH=YES"), "open option REFRESH: is 'YES', should be FLUSH, CLOSE or NO");
}

/// GDAL warns of options that a driver does not list.
TEST(OpenOptions, TheirListIsXmlThatNamesThem)
{
    const CPLXMLTreeCloser root(CPLParseXMLString(OpenOptions::description()));
    ASSERT_NE(root.get(), nullptr);
    std::set<std::string> names;
    for (const CPLXMLNode *node = root->psChild; node != nullptr; node = node->psNext)
    {
        names.insert(CPLGetXMLValue(node, "name", ""));
        EXPECT_STRNE(CPLGetXMLValue(node, "description", ""), "");
    }
    EXPECT_EQ(names, (std::set<std::string>{"LEVEL", "EXTENT", "MISSING_TILES", "SKIP_MISSING_METATILE",
                                            "WHOLE_METATILE", "ABSENT_STATUS", "NUM_THREADS", "SCHEME", "GRID",
                                            "DIMENSIONS", "REFRESH", "ALLOW_LOCAL"}));
}

} // namespace tiledir::driver
