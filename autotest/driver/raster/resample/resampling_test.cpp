#include "driver/raster/resample/resampling.h"

#include "stac/error.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace tiledir;
using namespace tiledir::raster;

TEST(Resampling, IsFoundByNameInAnyCase)
{
    EXPECT_EQ(resampling_from_name("Bilinear"), Resampling::Bilinear);
    EXPECT_EQ(resampling_from_name("near"), Resampling::Nearest);
    EXPECT_EQ(resampling_from_name("nearest"), Resampling::Nearest);
}

TEST(Resampling, ComesBackFromItsOwnName)
{
    for (const std::string &each : overview_resampling_names())
    {
        EXPECT_EQ(name(resampling_from_name(each)), each);
    }
}

TEST(Resampling, ThatIsUnknownIsRefusedWithTheKnownOnes)
{
    try
    {
        resampling_from_name("bicubic");
        FAIL();
    }
    catch (const InputError &error)
    {
        EXPECT_NE(std::string(error.what()).find("'bicubic'"), std::string::npos);
        EXPECT_NE(std::string(error.what()).find("cubicspline"), std::string::npos);
    }
}

TEST(Resampling, HasGdalsWarpKernels)
{
    EXPECT_EQ(warp_algorithm(Resampling::Nearest), GRA_NearestNeighbour);
    EXPECT_EQ(warp_algorithm(Resampling::Bilinear), GRA_Bilinear);
    EXPECT_EQ(warp_algorithm(Resampling::Cubic), GRA_Cubic);
    EXPECT_EQ(warp_algorithm(Resampling::CubicSpline), GRA_CubicSpline);
    EXPECT_EQ(warp_algorithm(Resampling::Lanczos), GRA_Lanczos);
    EXPECT_EQ(warp_algorithm(Resampling::Average), GRA_Average);
    EXPECT_EQ(warp_algorithm(Resampling::Mode), GRA_Mode);
    EXPECT_EQ(warp_algorithm(Resampling::Rms), GRA_RMS);
}

TEST(Resampling, ByGaussIsForOverviewsOnly)
{
    EXPECT_THROW(warp_algorithm(Resampling::Gauss), InputError);
    const auto &warp = warp_resampling_names();
    EXPECT_EQ(std::count(warp.begin(), warp.end(), "gauss"), 0);
    const auto &overview = overview_resampling_names();
    EXPECT_EQ(std::count(overview.begin(), overview.end(), "gauss"), 1);
}

TEST(Resampling, ReachesAsFarAsGdalsKernels)
{
    EXPECT_EQ(kernel_radius(Resampling::Nearest), 0);
    EXPECT_EQ(kernel_radius(Resampling::Bilinear), 1);
    EXPECT_EQ(kernel_radius(Resampling::Cubic), 2);
    EXPECT_EQ(kernel_radius(Resampling::CubicSpline), 2);
    EXPECT_EQ(kernel_radius(Resampling::Lanczos), 3);
}
