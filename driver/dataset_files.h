// The files that a directory of tiles is made of, and what GDAL does with all of them: delete, rename, copy.
#pragma once

#include <gdal.h>

namespace tiledir::driver
{

/// GDAL's pfnDelete, pfnRename and pfnCopyFiles. A dataset is named by its folder or its item. What in the folder is
/// not the dataset's (its item, tiles by its templates, their .aux.xml, .tiledir) is left alone. The item goes last and
/// comes last: what is interrupted can be done again, and a copy counts when it is whole.
CPLErr delete_dataset(const char *name) noexcept;
CPLErr rename_dataset(const char *new_name, const char *old_name) noexcept;
CPLErr copy_dataset(const char *new_name, const char *old_name) noexcept;

} // namespace tiledir::driver
