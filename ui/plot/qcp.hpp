// SPDX-License-Identifier: GPL-3.0-or-later
// QCustomPlot's header, which uses a Qt keyword that is off everywhere in this project.
#pragma once

#pragma push_macro("signals")
#undef signals
#define signals Q_SIGNALS
#ifndef foreach
#define foreach Q_FOREACH
#define PSEPHOS_DEFINED_FOREACH
#endif
#include <qcustomplot.h>
#ifdef PSEPHOS_DEFINED_FOREACH
#undef foreach
#undef PSEPHOS_DEFINED_FOREACH
#endif
#pragma pop_macro("signals")
