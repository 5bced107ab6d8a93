#include "driver/raster/upkeep/verify.h"

#include "autotest/driver/raster/pyramid_folder.h"
#include "driver/raster/tile/tile_codec.h"
#include "driver/raster/upkeep/refresh.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tiledir::raster
{

namespace
{

class VerifyTest : public testing::Test
{
protected:
    VerifyTest()
    {
        for (int row = 1; row < 6; ++row)
        {
            for (int col = 0; col < 8; col += 1 + row % 2)
            {
                m_folder.write_random(row, col, row * 8 + col);
            }
        }
        refresh(m_folder.tiles(), all());
    }
    static stac::TileSet all() { return stac::TileSet(stac::TileRange{0, 7, 0, 7}); }

    std::map<int, stac::TileRange> ranges() const
    {
        std::map<int, stac::TileRange> ranges;
        for (int level = 0; level <= m_folder.pyramid().finest; ++level)
        {
            ranges[level] = m_folder.pyramid().matrix(level).range();
        }
        return ranges;
    }
    std::vector<std::string> faults(int threads = 1)
    {
        std::vector<std::string> found;
        VerifySettings settings;
        settings.threads = threads;
        settings.found = [&](const Fault &fault) { found.push_back(fault.what); };
        m_result = verify(m_folder.tiles(), ranges(), settings);
        std::sort(found.begin(), found.end());
        return found;
    }
    std::string path(const char *key) const { return m_folder.tiles().store().path(key); }

    PyramidFolder m_folder{small_pyramid(Resampling::Cubic, with_nodata())};
    VerifyResult m_result;
};

} // namespace

TEST_F(VerifyTest, APyramidThatIsRightHasNoFaultsAndItsTilesAreCounted)
{
    EXPECT_EQ(faults(3), std::vector<std::string>());
    std::size_t tiles = 0;
    for (const auto &[level, count] : m_result.tiles)
    {
        tiles += static_cast<std::size_t>(count);
    }
    EXPECT_EQ(tiles, m_folder.files().size());
    EXPECT_EQ(m_result.tiles.at(3), 28);
}

TEST_F(VerifyTest, EachFaultIsTheTilesOwn)
{
    m_folder.store().write("3/2/3.tif", std::string("no tile"));
    m_folder.store().remove("2/1/0.tif");
    const std::string above_changed = m_folder.store().read_text("0/0/0.tif").value();
    m_folder.store().write("2/0/0.tif", above_changed); // another's pixels
    const auto found = faults();
    ASSERT_EQ(found.size(), 5U);
    EXPECT_EQ(found[0].find(path("1/0/0.tif") + ": is stale: "), 0U) << found[0];
    EXPECT_EQ(found[1].find(path("1/1/0.tif") + ": is stale: "), 0U) << found[1]; // its kernel reaches over the edge
    EXPECT_EQ(found[2].find(path("2/0/0.tif") + ": is stale: "), 0U) << found[2];
    EXPECT_EQ(found[3], path("2/1/0.tif") + ": is missing: there are tiles with data under it");
    EXPECT_EQ(found[4].find(path("3/2/3.tif") + ": is not a readable raster"), 0U) << found[4];
    EXPECT_TRUE(m_result.faulty.at(3).contains(2, 3));
    EXPECT_EQ(m_result.faulty.at(3).count(), 1);
}

TEST_F(VerifyTest, SizeBandsAndTypeAreThoseOfTheFormat)
{
    const auto write_as = [&](const char *key, int size, int bands, GDALDataType type)
    {
        TileFormat format = with_nodata();
        format.width = format.height = size;
        format.bands = bands;
        format.type = type;
        PixelBlock pixels(size, size, bands, type);
        pixels.fill(7);
        const store::Bytes bytes = encode_tile(format, pixels, {0, 0, 1, 1});
        m_folder.store().write(key, bytes.data(), bytes.size());
    };
    write_as("3/2/1.tif", 32, 1, GDT_Byte);
    write_as("3/2/2.tif", 16, 3, GDT_Byte);
    write_as("3/2/3.tif", 16, 1, GDT_Int16);
    std::vector<std::string> of_base;
    for (const std::string &fault : faults())
    {
        if (fault.find("/3/2/") != std::string::npos)
        {
            of_base.push_back(fault);
        }
    }
    EXPECT_EQ(of_base, (std::vector<std::string>{path("3/2/1.tif") + ": is 32 x 32 pixels, should be 16 x 16",
                                                 path("3/2/2.tif") + ": has 3 bands, should have 1",
                                                 path("3/2/3.tif") + ": is of type Int16, should be Byte"}));
}

TEST_F(VerifyTest, AnOverviewWithoutTilesUnderItShouldNotBeThere)
{
    m_folder.write({2, 3, 3}, m_folder.random_pixels(1));
    const auto found = faults();
    ASSERT_EQ(found.size(), 2U); // the one above it is stale
    EXPECT_EQ(found[1], path("2/3/3.tif") + ": should not be there: there is no tile under it");
}

TEST_F(VerifyTest, RenewingWhatIsAtFaultAndAboveItMendsOverviews)
{
    m_folder.store().write("2/1/1.tif", std::string("no tile"));
    m_folder.store().remove("1/0/1.tif");
    m_folder.write({2, 3, 3}, m_folder.random_pixels(1));
    EXPECT_FALSE(faults().empty());
    renew(m_folder.tiles(), overviews_above(m_folder.pyramid(), m_result.faulty));
    EXPECT_EQ(faults(), std::vector<std::string>());
}

TEST(VerifyLossyTest, LossesAreNoFaultsButOtherPixelsAre)
{
    TileFormat format;
    format.driver = "JPEG";
    PyramidFolder folder(small_pyramid(Resampling::Average, format));
    PixelBlock pixels(16, 16, 1, GDT_Byte);
    for (int row = 0; row < 4; ++row)
    {
        for (int col = 0; col < 4; ++col)
        {
            for (std::size_t i = 0; i < pixels.size(); ++i)
            {
                pixels.data()[i] =
                    static_cast<unsigned char>(60 + i % 16 * 4 + i / 16 * 3 + static_cast<std::size_t>(row * col));
            }
            folder.write({3, row, col}, pixels);
        }
    }
    refresh(folder.tiles(), stac::TileSet(stac::TileRange{0, 3, 0, 3}));
    // As a writer that has the pixels of the base level in memory makes it.
    const auto exact = folder.tiles().read({2, 0, 0});
    PixelBlock near(*exact);
    for (std::size_t i = 0; i < near.size(); i += 3)
    {
        ++near.data()[i];
    }
    folder.write({2, 0, 0}, near);
    EXPECT_EQ(verify(folder.tiles(), std::map<int, stac::TileRange>{{2, {0, 1, 0, 1}}}).faults, 0);
    PixelBlock far(*exact);
    far.fill(250);
    folder.write({2, 0, 1}, far);
    EXPECT_EQ(verify(folder.tiles(), std::map<int, stac::TileRange>{{2, {0, 1, 0, 1}}}).faults, 1);
}

} // namespace tiledir::raster
