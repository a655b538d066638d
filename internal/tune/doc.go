// Package tune searches the parameters of contestants for the setting that does best by a stated preference, and says how sure that is
// and how much it matters.
//
// It runs nothing itself: an Evaluator measures settings with seeds, the same ones for all, so that every comparison is paired. Search
// spends its trials by successive halving: many settings with few seeds, the better third of them with more, and some new ones close to
// those. What comes out ahead is then measured with fresh seeds, since the best of many has had luck as well: those alone say how much
// better it is than what one has. "No better" is a possible answer.
//
// Sources: Karnin, Koren and Somekh, "Almost Optimal Exploration in Multi-Armed Bandits" (ICML 2013), and Jamieson and Talwalkar,
// "Non-stochastic Best Arm Identification and Hyperparameter Optimization" (AISTATS 2016), for successive halving; Roberts, "The
// Unreasonable Effectiveness of Quasirandom Sequences" (2018), for the points.
package tune
